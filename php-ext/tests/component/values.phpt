--TEST--
What is nested, null, at its limit or of another enum; dates; and what a component is to the rest of PHP
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/attempt.inc';
use Fixture\{Collection, Colour, Counter, Greeter, Level, Point, Saved, Types};

enum Other: string { case Red = 'red'; }
enum Pure { case A; }

$t = new Types();
echo "Components in mixed values\n";
$child = $t->child(4);
attempt(fn () => [$t->kind($child), $t->any($child) == $child, $t->any(['a' => [$child]])['a'][0]->number()]);
attempt(fn () => (string) $t->any(new Greeter('Hi')));
$mixed = $t->any([new Point(1, 2, null), Colour::Red, new DateTimeImmutable('2024-01-01 UTC'), [Level::High]]);
attempt(fn () => [$mixed[0]::class, $mixed[1] === Colour::Red, $mixed[2]::class, $mixed[3][0] === Level::High]);
attempt(fn () => $t->any(new DateTime('2024-01-01 UTC'))::class);

echo "Enums\n";
attempt(fn () => $t->level(Colour::Red));
attempt(fn () => $t->level(10));
attempt(fn () => $t->colours([Colour::Red, Other::Red]));
attempt(fn () => $t->colours(['red']));
attempt(fn () => $t->any(Other::Red));
attempt(fn () => $t->any(Pure::A));

echo "Dates and durations\n";
attempt(fn () => $t->time('2024-01-01'));
attempt(fn () => $t->time(new DateTimeImmutable('9999-12-31 00:00:00.999999 UTC'))->format('c u'));
attempt(fn () => $t->time(new DateTimeImmutable('-0100-01-01 00:00:00 UTC'))->format('Y m d'));
attempt(fn () => $t->time(new DateTimeImmutable('2024-01-01 00:00:00 EST'))->format('c e'));
attempt(fn () => $t->time(new DateTime('2024-01-01 UTC'))::class);
attempt(fn () => (new Counter(1))->since->format('c'));
attempt(fn () => $t->duration(-0.25));
attempt(fn () => $t->duration(INF));
attempt(fn () => $t->duration(NAN));
attempt(fn () => $t->duration(1e12));

echo "Numbers\n";
attempt(fn () => [$t->single(1.5), $t->single(INF) === INF, is_nan($t->single(NAN)), is_nan($t->float(NAN))]);
attempt(fn () => $t->single(-1e39));
attempt(fn () => $t->uint64(PHP_INT_MAX));
attempt(fn () => $t->uint64(-1));
attempt(fn () => $t->negative(-1));

echo "Arrays of a length, and text\n";
attempt(fn () => $t->pair([1, 2]));
attempt(fn () => $t->pair([1]));
attempt(fn () => $t->pair([1, 2, 3]));
attempt(fn () => $t->address('127.0.0.1'));
attempt(fn () => $t->address('localhost'));

echo "Opaque values\n";
$value = ['z' => new Point(1, 2, null), 5 => [null, 1.5]];
attempt(fn () => $t->opaque($value) == $value);
attempt(fn () => $t->opaque());
attempt(fn () => $t->opaque(fn () => 1));

echo "Null\n";
attempt(fn () => $t->int(null));
attempt(fn () => $t->list([null]));
attempt(fn () => $t->any(null));
attempt(fn () => $t->nullable('x'));

echo "Variadics\n";
attempt(fn () => $t->variadic(',', ...['a', 'b', 'c']));
attempt(fn () => $t->variadic(',', ...['other' => 'x']));

echo "ArrayAccess\n";
$c = new Collection(['a' => 1, 'n' => [1], 'null' => null]);
attempt(fn () => [isset($c['a']), isset($c['null']), empty($c['a']), $c['no'] ?? 'none', $c['null'] ?? 'none']);
attempt(fn () => $c['missing']);
attempt(function () use ($c) { $c[] = 1; });
attempt(function () use ($c) { $c['point'] = new Point(1, 2, null); return $c['point']->x; });
attempt(fn () => array_keys([...$c]));
attempt(function () use ($c) { foreach ($c as &$v) { } });

echo "Functions of PHP\n";
print_r($child);
attempt(fn () => var_export(new Saved('x'), true));
attempt(fn () => new Counter(2));
attempt(function () use ($t) {
    $map = new WeakMap();
    $child = $t->child(1);
    $map[$child] = 1;
    unset($child);
    return count($map);
});
attempt(fn () => clone new Counter(1));
attempt(fn () => unserialize('O:13:"Fixture\Types":0:{}'));
attempt(fn () => unserialize('O:13:"Fixture\Saved":0:{}'));

echo "Limits\n";
attempt(fn () => $t->largeList(20_000_000));
$deep = [];
for ($i = 0; $i < 600; $i++) {
    $deep = [$deep];
}
attempt(fn () => $t->any($deep));
?>
--EXPECT--
Components in mixed values
["*fixture.Child",true,4]
"Hi"
["Fixture\\Point",true,"DateTimeImmutable",true]
"DateTimeImmutable"
Enums
TypeError: Fixture\Types::level(): Argument #1 ($l) must be of type Fixture\Level, Fixture\Colour given
TypeError: Fixture\Types::level(): Argument #1 ($l) must be of type Fixture\Level, int given
TypeError: Fixture\Types::colours(): Argument #1 ($c) must be of type Fixture\Colour at [1], string given
TypeError: Fixture\Types::colours(): Argument #1 ($c) must be of type Fixture\Colour at [0], string given
"red"
TypeError: Fixture\Types::any(): Argument #1 ($v) must not hold a value of type Pure, which cannot be handed over
Dates and durations
TypeError: Fixture\Types::time(): Argument #1 ($t) must be of type DateTimeInterface, string given
"9999-12-31T01:00:00+00:00 999999"
"-0100 01 01"
"2024-01-01T01:00:00-05:00 -05:00"
"DateTimeImmutable"
"0001-01-01T00:00:00+00:00"
-0.5
ValueError: Fixture\Types::duration(): Argument #1 ($d) must be a number of seconds, less than 292 years
ValueError: Fixture\Types::duration(): Argument #1 ($d) must be a number of seconds, less than 292 years
ValueError: Fixture\Types::duration(): Argument #1 ($d) must be a number of seconds, less than 292 years
Numbers
[1.5,true,true,true]
ValueError: Fixture\Types::single(): Argument #1 ($v) must be between -3.4028234663852886e+38 and 3.4028234663852886e+38
9223372036854775807
ValueError: Fixture\Types::uint64(): Argument #1 ($v) must be between 0 and 9223372036854775807
Phalanx\Exception\GoException: the result of Negative: wire: type has no counterpart in PHP: 18446744073709551615 does not fit PHP's int
Arrays of a length, and text
[2,1]
ValueError: Fixture\Types::pair(): Argument #1 ($v) must be an array of 2 values
ValueError: Fixture\Types::pair(): Argument #1 ($v) must be an array of 2 values
"127.0.0.2"
ValueError: Fixture\Types::address(): Argument #1 ($a) must be a valid Addr: ParseAddr("localhost"): unable to parse IP
Opaque values
true
null
Exception: Serialization of 'Closure' is not allowed
Null
TypeError: Fixture\Types::int(): Argument #1 ($v) must be of type int, null given
TypeError: Fixture\Types::list(): Argument #1 ($v) must be of type int at [0], null given
null
TypeError: Fixture\Types::nullable(): Argument #1 ($v) must be of type ?int, string given
Variadics
"a,b,c"
Error: Fixture\Types::variadic() does not take unknown named parameters
ArrayAccess
[true,true,false,"none","none"]
OutOfBoundsException: file does not exist
TypeError: Fixture\Collection::offsetSet(): Argument #1 ($offset) must be of type string, null given
1.0
["a","n","null","point"]
Error: An iterator cannot be used with foreach by reference
Functions of PHP
Fixture\Child Object
(
    [n] => 4
)
"\\Fixture\\Saved::__set_state(array(\n))"
{"n":2,"label":"n","point":{"x":0.0,"y":0.0,"note":null},"since":{"date":"0001-01-01 00:00:00.000000","timezone_type":3,"timezone":"UTC"},"child":null,"tags":[]}
0
Error: Trying to clone an uncloneable object of class Fixture\Counter
Exception: Unserialization of 'Fixture\Types' is not allowed
Phalanx\Exception\GoException: fixture: nothing saved
Limits
Phalanx\Exception\GoException: the result of LargeList: wire: value too large
ValueError: Fixture\Types::any(): Argument #1 ($v) must not be nested deeper than 512 levels
