--TEST--
Arrays, structs and options: order, integer keys, and mismatches with their place
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/attempt.inc';
$t = new Fixture\Types();
attempt(fn () => $t->list([1, 2]));
attempt(fn () => $t->list([]));
attempt(fn () => $t->list(['a' => 1]));
attempt(fn () => $t->list([1, 'x']));
attempt(fn () => array_keys($t->map(['b' => 1, '7' => 2])));
attempt(fn () => $t->byID([3 => 'c', -1 => 'x']));
attempt(fn () => $t->byID(['x' => 'c']));
$deep = ['z' => 1, 'a' => [1.5, null, true, []], 5 => 'x', '-5' => ['k' => ['é' => "\0"]], '' => false];
attempt(fn () => $t->any($deep) === $deep);
$ref = 1;
$with = [&$ref, 'k' => &$ref];
attempt(fn () => $t->any($with));
attempt(fn () => $t->ordered(['z' => 1, 'a' => 2]));
attempt(fn () => $t->kind([1]) . $t->kind(['a' => 1]));
attempt(fn () => $t->any((object) ['a' => 1, '5' => 2]));
attempt(fn () => $t->row(['id' => 1, 'title' => 'T', 'tags' => ['x'], 'inner' => ['id' => 2]]));
attempt(fn () => $t->row(['iD' => 1]));
attempt(fn () => $t->rows([['id' => 1], ['id' => 'x']]));
attempt(fn () => $t->row(['inner' => ['tags' => [1]]]));
attempt(fn () => $t->several());
attempt(fn () => [$t->maybe(true), $t->maybe(false), $t->nullable(), $t->nullable(null), $t->nullable(5)]);
attempt(fn () => $t->variadic(',', 'a', 'b') . $t->variadic(','));
attempt(fn () => $t->variadic(',', 'a', 5));
attempt(fn () => $t->named(1));
attempt(fn () => $t->named(1, mode: 'slow', limit: 3));
attempt(fn () => $t->named(1, timeout: 2, level: Fixture\Level::Low, tags: ['q', 'r']));
attempt(fn () => $t->named(1, nope: 2));
attempt(fn () => $t->named(1, mode: 5));
attempt(fn () => $t->kind(fopen('php://memory', 'r')));
attempt(fn () => $t->kind([new ArrayObject()]));
attempt(fn () => $t->kind(fn () => 1));
$round = [];
$round[0] = &$round;
attempt(fn () => $t->any($round));
attempt(fn () => $t->any(str_repeat('x', 64 << 20)));
?>
--EXPECT--
[1,2,2]
[0]
ValueError: Fixture\Types::list(): Argument #1 ($v) must be a list, an array with the keys 0, 1, 2, ...
TypeError: Fixture\Types::list(): Argument #1 ($v) must be of type int at [1], string given
[7,"b","count"]
{"-1":"x","3":"c"}
ValueError: Fixture\Types::byID(): Argument #1 ($v) must be an array with int keys: there is 'x'
true
{"0":1,"k":1}
{"z":1,"a":2,"last":true}
"[]interface {}*wire.Map"
{"a":1,"5":2}
{"id":2,"title":"T","tags":["x"],"inner":{"id":2,"title":"","tags":[],"inner":null}}
ValueError: Fixture\Types::row(): Argument #1 ($v) must be an array with the keys id, title, tags, inner: there is no 'iD'
TypeError: Fixture\Types::rows(): Argument #1 ($v) must be of type int at [1]['id'], string given
TypeError: Fixture\Types::row(): Argument #1 ($v) must be of type string at ['inner']['tags'][0], int given
[1,"two"]
["there",null,null,null,"5"]
"a,b"
TypeError: Fixture\Types::variadic(): Argument #3 must be of type string, int given
"1 1.5s fast 10 [a] none"
"1 1.5s slow 10 [a] 3"
"1 2s fast 1 [q r] none"
Error: Unknown named parameter $nope
TypeError: Fixture\Types::named(): Argument #3 ($mode) must be of type string, int given
TypeError: Fixture\Types::kind(): Argument #1 ($v) must not hold a value of type resource, which cannot be handed over
TypeError: Fixture\Types::kind(): Argument #1 ($v) must not hold a value of type ArrayObject, which cannot be handed over
TypeError: Fixture\Types::kind(): Argument #1 ($v) must not hold a value of type Closure, which cannot be handed over
ValueError: Fixture\Types::any(): Argument #1 ($v) must not be nested deeper than 512 levels
ValueError: Fixture\Types::any(): Argument #1 ($v) must not make the arguments larger than 64 MiB
