// How a check ends early: with a reason why the certificate is not accepted.

/** Thrown inside the checker: the certificate does not show what it says. */
export class Rejected extends Error {}

export function reject(reason: string): never {
  throw new Rejected(reason)
}

/** Work that is left, in small steps: whoever writes a certificate does not decide how long it takes to check it. */
export class Budget {
  constructor(private left: number) {}

  spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) reject('checking takes more work than it is allowed to')
  }
}
