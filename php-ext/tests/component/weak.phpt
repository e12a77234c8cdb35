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
$c->label = 8;
var_dump($c->label);
foreach (['n', 'label'] as $name) { // a property of PHP's own takes no null either
    try {
        $c->$name = null;
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}
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
string(1) "8"
Cannot assign null to property Fixture\Counter::$n of type int
Cannot assign null to property Fixture\Counter::$label of type string
