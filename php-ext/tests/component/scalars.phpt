--TEST--
Scalars and strings cross both ways, and what does not fit is refused by name
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/attempt.inc';

$t = new Fixture\Types();
attempt(fn () => $t->bool(true));
attempt(fn () => $t->int(41));
attempt(fn () => $t->int(PHP_INT_MAX));
attempt(fn () => $t->int('5'));
attempt(fn () => $t->int8(127));
attempt(fn () => $t->int8(128));
attempt(fn () => $t->uint16(-1));
attempt(fn () => $t->float(3));
attempt(fn () => $t->float(INF) === INF);
attempt(fn () => $t->text(''));
attempt(fn () => bin2hex($t->text("\0\xff")));
attempt(fn () => bin2hex($t->bytes('ab')));
attempt(fn () => $t->sum(1, 2.5, true));
attempt(fn () => $t->sum(1, 2.5));
attempt(fn () => $t->sum(1, 2.5, true, 4));
attempt(fn () => $t->sum(c: true, a: 1, b: 2));
attempt(fn () => $t->nothing());
attempt(fn () => strlen($t->large(65535)) . ' ' . strlen($t->large(65536)) . ' ' . md5($t->large(1_000_000)));
attempt(fn () => array_sum($t->largeList(100_000)));
?>
--EXPECT--
false
42
-9223372036854775808
TypeError: Fixture\Types::int(): Argument #1 ($v) must be of type int, string given
127
ValueError: Fixture\Types::int8(): Argument #1 ($v) must be between -128 and 127
ValueError: Fixture\Types::uint16(): Argument #1 ($v) must be between 0 and 65535
1.5
true
""
"00ff00ff"
"616200"
3.5
ArgumentCountError: Fixture\Types::sum() expects exactly 3 arguments, 2 given
ArgumentCountError: Fixture\Types::sum() expects exactly 3 arguments, 4 given
3.0
null
"65535 65536 ec78dbd963d2fc01e51176ed4dec299e"
0
