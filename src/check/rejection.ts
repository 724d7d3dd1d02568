// How a check ends early: with a reason why the certificate is not accepted.

/** Thrown inside the checker: the certificate does not show what it says. */
export class Rejected extends Error {}

export function reject(reason: string): never {
  throw new Rejected(reason)
}
