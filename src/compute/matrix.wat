;; Products of matrices by blocks, in the memory that is imported. All addresses and strides are in bytes.
;;
;; The text is a template (text-files.ts at the top level fills it in), from which come one module for binary64 and one for
;; binary32, each with and without fused multiply-add:
;;   {number} f64 or f32; {vector} f64x2 or f32x4; {splat} the load that repeats one number; {size} bytes of a number;
;;   {lanes} numbers in a vector; {columns} in four of them, the width of a panel; {panel} their bytes; {pair} the bytes of two
;;   numbers;
;;   {c += a * b} one step of an accumulator, fused or not.
;;
;; The scheme is that of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): panels of
;; `right` stay in the first-level cache while pairs of rows of `left` stream by; eight accumulators stay in registers.
;; Two rows by four vectors is what V8 keeps there without spilling.
(module
  (import "netproof" "memory" (memory 0))

  ;; Pairs of rows of `left`, number beside number. A last row without a partner is its own: nobody reads that result.
  (func (export "packLeft")
    (param $from i32) (param $row i32) (param $column i32) (param $rows i32) (param $depth i32) (param $to i32)
    (local $first i32) (local $second i32) (local $k i32)
    (block $done
      (loop $pairs
        (br_if $done (i32.le_s (local.get $rows) (i32.const 0)))
        (local.set $first (local.get $from))
        (local.set $second
          (i32.add (local.get $from)
            (select (local.get $row) (i32.const 0) (i32.gt_s (local.get $rows) (i32.const 1)))))
        (local.set $k (local.get $depth))
        (loop $next
          ({number}.store (local.get $to) ({number}.load (local.get $first)))
          ({number}.store offset={size} (local.get $to) ({number}.load (local.get $second)))
          (local.set $first (i32.add (local.get $first) (local.get $column)))
          (local.set $second (i32.add (local.get $second) (local.get $column)))
          (local.set $to (i32.add (local.get $to) (i32.const {pair})))
          (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (local.set $from (i32.add (local.get $from) (i32.shl (local.get $row) (i32.const 1))))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 2)))
        (br $pairs))))

  ;; Panels of {columns} columns of `right`, row after row; columns that are not there are 0.
  (func (export "packRight")
    (param $from i32) (param $row i32) (param $column i32) (param $depth i32) (param $columns i32) (param $to i32)
    (local $at i32) (local $into i32) (local $k i32) (local $j i32)
    (block $done
      (loop $panels
        (br_if $done (i32.le_s (local.get $columns) (i32.const 0)))
        (if (i32.and
              (i32.ge_s (local.get $columns) (i32.const {columns}))
              (i32.eq (local.get $column) (i32.const {size})))
          (then
            (local.set $at (local.get $from))
            (local.set $into (local.get $to))
            (local.set $k (local.get $depth))
            (loop $next
              (v128.store (local.get $into) (v128.load (local.get $at)))
              (v128.store offset=16 (local.get $into) (v128.load offset=16 (local.get $at)))
              (v128.store offset=32 (local.get $into) (v128.load offset=32 (local.get $at)))
              (v128.store offset=48 (local.get $into) (v128.load offset=48 (local.get $at)))
              (local.set $at (i32.add (local.get $at) (local.get $row)))
              (local.set $into (i32.add (local.get $into) (i32.const {panel})))
              (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1))))))
          (else
            (local.set $j (i32.const 0))
            (loop $column
              (local.set $at (i32.add (local.get $from) (i32.mul (local.get $j) (local.get $column))))
              (local.set $into (i32.add (local.get $to) (i32.mul (local.get $j) (i32.const {size}))))
              (local.set $k (local.get $depth))
              (if (i32.lt_s (local.get $j) (local.get $columns))
                (then
                  (loop $next
                    ({number}.store (local.get $into) ({number}.load (local.get $at)))
                    (local.set $at (i32.add (local.get $at) (local.get $row)))
                    (local.set $into (i32.add (local.get $into) (i32.const {panel})))
                    (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1))))))
                (else
                  (loop $next
                    ({number}.store (local.get $into) ({number}.const 0))
                    (local.set $into (i32.add (local.get $into) (i32.const {panel})))
                    (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))))
              (br_if $column
                (i32.lt_s (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const {columns}))))))
        (local.set $to (i32.add (local.get $to) (i32.mul (local.get $depth) (i32.const {panel}))))
        (local.set $from (i32.add (local.get $from) (i32.mul (local.get $column) (i32.const {columns}))))
        (local.set $columns (i32.sub (local.get $columns) (i32.const {columns})))
        (br $panels))))

  ;; The product of packed parts into `result`, whose rows are `stride` bytes apart: plus what stands there where $add is
  ;; not 0, plus the row at $bias where that is not 0, and then relu where $relu is not 0. $tile is room for one tile.
  (func (export "block")
    (param $rows i32) (param $columns i32) (param $depth i32) (param $left i32) (param $right i32)
    (param $result i32) (param $stride i32) (param $add i32) (param $bias i32) (param $relu i32) (param $tile i32)
    (local $at i32) (local $b i32) (local $k i32) (local $to i32) (local $below i32) (local $i i32) (local $j i32)
    (local $x v128) (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local $c00 v128) (local $c01 v128) (local $c02 v128) (local $c03 v128)
    (local $c10 v128) (local $c11 v128) (local $c12 v128) (local $c13 v128)
    (local $from i32) (local $left-rows i32) (local $value {number})
    (block $done
      (loop $panels
        (br_if $done (i32.le_s (local.get $columns) (i32.const 0)))
        (local.set $at (local.get $left))
        (local.set $to (local.get $result))
        (local.set $i (local.get $rows))
        (loop $pairs
          (local.set $c00 (v128.const i64x2 0 0)) (local.set $c01 (v128.const i64x2 0 0))
          (local.set $c02 (v128.const i64x2 0 0)) (local.set $c03 (v128.const i64x2 0 0))
          (local.set $c10 (v128.const i64x2 0 0)) (local.set $c11 (v128.const i64x2 0 0))
          (local.set $c12 (v128.const i64x2 0 0)) (local.set $c13 (v128.const i64x2 0 0))
          (local.set $b (local.get $right))
          (local.set $k (local.get $depth))
          (loop $next
            (local.set $b0 (v128.load (local.get $b)))
            (local.set $b1 (v128.load offset=16 (local.get $b)))
            (local.set $b2 (v128.load offset=32 (local.get $b)))
            (local.set $b3 (v128.load offset=48 (local.get $b)))
            (local.set $x ({splat} (local.get $at)))
            {$c00 += $x * $b0}
            {$c01 += $x * $b1}
            {$c02 += $x * $b2}
            {$c03 += $x * $b3}
            (local.set $x ({splat} offset={size} (local.get $at)))
            {$c10 += $x * $b0}
            {$c11 += $x * $b1}
            {$c12 += $x * $b2}
            {$c13 += $x * $b3}
            (local.set $at (i32.add (local.get $at) (i32.const {pair})))
            (local.set $b (i32.add (local.get $b) (i32.const {panel})))
            (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
          (local.set $below (i32.add (local.get $to) (local.get $stride)))
          (if (i32.and
                (i32.ge_s (local.get $columns) (i32.const {columns}))
                (i32.ge_s (local.get $i) (i32.const 2)))
            (then
              (if (local.get $add)
                (then
                  (local.set $c00 ({vector}.add (local.get $c00) (v128.load (local.get $to))))
                  (local.set $c01 ({vector}.add (local.get $c01) (v128.load offset=16 (local.get $to))))
                  (local.set $c02 ({vector}.add (local.get $c02) (v128.load offset=32 (local.get $to))))
                  (local.set $c03 ({vector}.add (local.get $c03) (v128.load offset=48 (local.get $to))))
                  (local.set $c10 ({vector}.add (local.get $c10) (v128.load (local.get $below))))
                  (local.set $c11 ({vector}.add (local.get $c11) (v128.load offset=16 (local.get $below))))
                  (local.set $c12 ({vector}.add (local.get $c12) (v128.load offset=32 (local.get $below))))
                  (local.set $c13 ({vector}.add (local.get $c13) (v128.load offset=48 (local.get $below))))))
              (if (local.get $bias)
                (then
                  (local.set $b0 (v128.load (local.get $bias)))
                  (local.set $b1 (v128.load offset=16 (local.get $bias)))
                  (local.set $b2 (v128.load offset=32 (local.get $bias)))
                  (local.set $b3 (v128.load offset=48 (local.get $bias)))
                  (local.set $c00 ({vector}.add (local.get $c00) (local.get $b0)))
                  (local.set $c01 ({vector}.add (local.get $c01) (local.get $b1)))
                  (local.set $c02 ({vector}.add (local.get $c02) (local.get $b2)))
                  (local.set $c03 ({vector}.add (local.get $c03) (local.get $b3)))
                  (local.set $c10 ({vector}.add (local.get $c10) (local.get $b0)))
                  (local.set $c11 ({vector}.add (local.get $c11) (local.get $b1)))
                  (local.set $c12 ({vector}.add (local.get $c12) (local.get $b2)))
                  (local.set $c13 ({vector}.add (local.get $c13) (local.get $b3)))))
              (if (local.get $relu)
                (then
                  (local.set $x (v128.const i64x2 0 0))
                  (local.set $c00 ({vector}.max (local.get $c00) (local.get $x)))
                  (local.set $c01 ({vector}.max (local.get $c01) (local.get $x)))
                  (local.set $c02 ({vector}.max (local.get $c02) (local.get $x)))
                  (local.set $c03 ({vector}.max (local.get $c03) (local.get $x)))
                  (local.set $c10 ({vector}.max (local.get $c10) (local.get $x)))
                  (local.set $c11 ({vector}.max (local.get $c11) (local.get $x)))
                  (local.set $c12 ({vector}.max (local.get $c12) (local.get $x)))
                  (local.set $c13 ({vector}.max (local.get $c13) (local.get $x)))))
              (v128.store (local.get $to) (local.get $c00))
              (v128.store offset=16 (local.get $to) (local.get $c01))
              (v128.store offset=32 (local.get $to) (local.get $c02))
              (v128.store offset=48 (local.get $to) (local.get $c03))
              (v128.store (local.get $below) (local.get $c10))
              (v128.store offset=16 (local.get $below) (local.get $c11))
              (v128.store offset=32 (local.get $below) (local.get $c12))
              (v128.store offset=48 (local.get $below) (local.get $c13)))
            (else
              ;; A tile over the edge: the part of it that is there, number by number.
              (v128.store (local.get $tile) (local.get $c00))
              (v128.store offset=16 (local.get $tile) (local.get $c01))
              (v128.store offset=32 (local.get $tile) (local.get $c02))
              (v128.store offset=48 (local.get $tile) (local.get $c03))
              (v128.store offset=64 (local.get $tile) (local.get $c10))
              (v128.store offset=80 (local.get $tile) (local.get $c11))
              (v128.store offset=96 (local.get $tile) (local.get $c12))
              (v128.store offset=112 (local.get $tile) (local.get $c13))
              (local.set $below (local.get $to))
              (local.set $b (local.get $tile))
              (local.set $left-rows
                (select (i32.const 2) (local.get $i) (i32.ge_s (local.get $i) (i32.const 2))))
              (loop $row
                (local.set $k
                  (select (i32.const {columns}) (local.get $columns)
                    (i32.ge_s (local.get $columns) (i32.const {columns}))))
                (local.set $j (i32.const 0))
                (loop $number
                  (local.set $from (i32.add (local.get $below) (local.get $j)))
                  (local.set $value ({number}.load (i32.add (local.get $b) (local.get $j))))
                  (if (local.get $add)
                    (then (local.set $value ({number}.add (local.get $value) ({number}.load (local.get $from))))))
                  (if (local.get $bias)
                    (then
                      (local.set $value
                        ({number}.add (local.get $value)
                          ({number}.load (i32.add (local.get $bias) (local.get $j)))))))
                  (if (local.get $relu)
                    (then (local.set $value ({number}.max (local.get $value) ({number}.const 0)))))
                  ({number}.store (local.get $from) (local.get $value))
                  (local.set $j (i32.add (local.get $j) (i32.const {size})))
                  (br_if $number (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
                (local.set $below (i32.add (local.get $below) (local.get $stride)))
                (local.set $b (i32.add (local.get $b) (i32.const {panel})))
                (br_if $row (local.tee $left-rows (i32.sub (local.get $left-rows) (i32.const 1)))))))
          (local.set $to (i32.add (local.get $to) (i32.shl (local.get $stride) (i32.const 1))))
          (br_if $pairs (i32.gt_s (local.tee $i (i32.sub (local.get $i) (i32.const 2))) (i32.const 0))))
        (local.set $right (i32.add (local.get $right) (i32.mul (local.get $depth) (i32.const {panel}))))
        (local.set $result (i32.add (local.get $result) (i32.const {panel})))
        (if (local.get $bias) (then (local.set $bias (i32.add (local.get $bias) (i32.const {panel})))))
        (local.set $columns (i32.sub (local.get $columns) (i32.const {columns})))
        (br $panels))))

  ;; One row times a matrix whose columns lie along rows of memory, `stride` bytes apart: {number} sums of products, the rest
  ;; as in `block`.
  (func (export "row")
    (param $left i32) (param $right i32) (param $stride i32) (param $columns i32) (param $depth i32)
    (param $result i32) (param $add i32) (param $bias i32) (param $relu i32)
    (local $at i32) (local $b i32) (local $k i32) (local $value {number})
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128) (local $x v128) (local $y v128)
    (loop $column
      (local.set $at (local.get $left))
      (local.set $b (local.get $right))
      (local.set $k (local.get $depth))
      (local.set $c0 (v128.const i64x2 0 0)) (local.set $c1 (v128.const i64x2 0 0))
      (local.set $c2 (v128.const i64x2 0 0)) (local.set $c3 (v128.const i64x2 0 0))
      (block $short
        (loop $next
          (br_if $short (i32.lt_s (local.get $k) (i32.const {columns})))
          (local.set $x (v128.load (local.get $at))) (local.set $y (v128.load (local.get $b)))
          {$c0 += $x * $y}
          (local.set $x (v128.load offset=16 (local.get $at))) (local.set $y (v128.load offset=16 (local.get $b)))
          {$c1 += $x * $y}
          (local.set $x (v128.load offset=32 (local.get $at))) (local.set $y (v128.load offset=32 (local.get $b)))
          {$c2 += $x * $y}
          (local.set $x (v128.load offset=48 (local.get $at))) (local.set $y (v128.load offset=48 (local.get $b)))
          {$c3 += $x * $y}
          (local.set $at (i32.add (local.get $at) (i32.const {panel})))
          (local.set $b (i32.add (local.get $b) (i32.const {panel})))
          (local.set $k (i32.sub (local.get $k) (i32.const {columns})))
          (br $next)))
      (local.set $x
        ({vector}.add
          ({vector}.add (local.get $c0) (local.get $c1))
          ({vector}.add (local.get $c2) (local.get $c3))))
      (local.set $value {sum of $x})
      (block $end
        (loop $next
          (br_if $end (i32.eqz (local.get $k)))
          (local.set $value
            ({number}.add (local.get $value)
              ({number}.mul ({number}.load (local.get $at)) ({number}.load (local.get $b)))))
          (local.set $at (i32.add (local.get $at) (i32.const {size})))
          (local.set $b (i32.add (local.get $b) (i32.const {size})))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (br $next)))
      (if (local.get $add)
        (then (local.set $value ({number}.add (local.get $value) ({number}.load (local.get $result))))))
      (if (local.get $bias)
        (then
          (local.set $value ({number}.add (local.get $value) ({number}.load (local.get $bias))))
          (local.set $bias (i32.add (local.get $bias) (i32.const {size})))))
      (if (local.get $relu)
        (then (local.set $value ({number}.max (local.get $value) ({number}.const 0)))))
      ({number}.store (local.get $result) (local.get $value))
      (local.set $result (i32.add (local.get $result) (i32.const {size})))
      (local.set $right (i32.add (local.get $right) (local.get $stride)))
      (br_if $column (local.tee $columns (i32.sub (local.get $columns) (i32.const 1))))))

  ;; Gradients behind relu: those where the result $y is not positive become 0, or NaN where it is NaN.
  (func (export "mask") (param $y i32) (param $g i32) (param $count i32)
    (local $x v128) (local $positive v128) (local $value {number})
    (block $short
      (loop $next
        (br_if $short (i32.lt_s (local.get $count) (i32.const {lanes})))
        (local.set $x (v128.load (local.get $y)))
        (local.set $positive ({vector}.gt (local.get $x) (v128.const i64x2 0 0)))
        (v128.store (local.get $g)
          (v128.bitselect (v128.load (local.get $g)) (local.get $x) (local.get $positive)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $g (i32.add (local.get $g) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const {lanes})))
        (br $next)))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $value ({number}.load (local.get $y)))
        ({number}.store (local.get $g)
          (select ({number}.load (local.get $g)) (local.get $value) ({number}.gt (local.get $value) ({number}.const 0))))
        (local.set $y (i32.add (local.get $y) (i32.const {size})))
        (local.set $g (i32.add (local.get $g) (i32.const {size})))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  ;; The sums of the columns of a matrix without gaps, added to the row at $into.
  (func (export "sum") (param $from i32) (param $rows i32) (param $columns i32) (param $into i32)
    (local $to i32) (local $j i32)
    (loop $row
      (local.set $to (local.get $into))
      (local.set $j (local.get $columns))
      (block $short
        (loop $next
          (br_if $short (i32.lt_s (local.get $j) (i32.const {lanes})))
          (v128.store (local.get $to) ({vector}.add (v128.load (local.get $to)) (v128.load (local.get $from))))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (local.set $j (i32.sub (local.get $j) (i32.const {lanes})))
          (br $next)))
      (block $end
        (loop $next
          (br_if $end (i32.eqz (local.get $j)))
          ({number}.store (local.get $to) ({number}.add ({number}.load (local.get $to)) ({number}.load (local.get $from))))
          (local.set $to (i32.add (local.get $to) (i32.const {size})))
          (local.set $from (i32.add (local.get $from) (i32.const {size})))
          (local.set $j (i32.sub (local.get $j) (i32.const 1)))
          (br $next)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
