--TEST--
Without strict_types scalars are converted as for PHP's own functions
--FILE--
<?php
$t = new Fixture\Types();
var_dump($t->int('5'), $t->float('1.5'), $t->text(7), $t->bool(1), $t->sum('1', 2, 'yes'));
class Named { public function __toString(): string { return (new Fixture\Greeter('a'))->hello('b'); } }
var_dump($t->text(new Named()), $t->variadic('-', new Named(), 1, 2.5));
try {
    $t->int('five');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$c = new Fixture\Counter(1);
$c->n = '7';
var_dump($c->n);
?>
--EXPECT--
int(6)
float(0.75)
string(2) "77"
bool(false)
float(3)
string(8) "a, ba, b"
string(10) "a, b-1-2.5"
Fixture\Types::int(): Argument #1 ($v) must be of type int, string given
int(7)
