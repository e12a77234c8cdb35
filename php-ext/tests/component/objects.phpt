--TEST--
Value objects, enums, dates and components; clone, serialize, compare, dump
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/attempt.inc';
use Fixture\{Child, Collection, Colour, Counter, Greeter, Level, Line, Point, Saved, Types};

$t = new Types();
attempt(fn () => $t->point(new Point(1, 2.5, 'n')));
attempt(fn () => $t->point(new stdClass()));
attempt(fn () => new Point('1', 2, null));
attempt(fn () => new Point(1, 2));
$p = new Point(1, 2, null);
attempt(fn () => $p->x = 3.0);
attempt(fn () => clone new Point(1, 2, null));
attempt(fn () => unserialize(serialize(new Point(1, 2, 'q'))) == new Point(1, 2, 'q'));
$drawn = new DateTimeImmutable('2024-05-05 12:00:00.5 Europe/Berlin');
$line = $t->line(new Line(new Point(1, 2, null), new Point(3, 4, null), Colour::Red, $drawn));
attempt(fn () => [$line->to->y, $line->colour, $line->drawn == $drawn, $line->drawn->getTimezone()->getName()]);
attempt(fn () => new Line(new Point(1, 2, null), new Point(3, 4, null), Colour::Red, new DateTime()));
attempt(fn () => [$t->level(Level::Low), $t->colours([Colour::Blue]), $t->kind(Level::High)]);
attempt(fn () => [Level::from(10)->name, Colour::tryFrom('green'), count(Colour::cases())]);
attempt(fn () => $t->time(new DateTimeImmutable('2024-10-27 01:30:00 Europe/Berlin'))->format('c e'));
attempt(fn () => $t->time(new DateTime('1960-01-01 00:00:00.25+05:30'))->format('Y-m-d H:i:s.u P'));
attempt(fn () => $t->duration(1.5));

attempt(fn () => $t->child(3)->number());
attempt(fn () => $t->child(-1));
attempt(fn () => $t->total(...$t->children(4)));
attempt(fn () => $t->total($t));
attempt(fn () => $t->total(null));
attempt(fn () => $t->stringer($t->child(9)) . $t->stringer(new Greeter('hi')));
attempt(fn () => $t->stringer($t));
attempt(fn () => new Child());
$c = $t->child(1);
attempt(fn () => [$c == $c->self(), $c === $c->self(), $c == $t->child(1), $c == new stdClass()]);
attempt(fn () => clone $c);
attempt(fn () => serialize($c));

$s = new Saved('text');
attempt(fn () => unserialize(serialize($s))->text());
attempt(fn () => unserialize('O:13:"Fixture\Saved":1:{s:2:"go";s:0:"";}'));

$c = new Collection(['b' => 2, 'a' => 1]);
attempt(fn () => [count($c), $c['a'], isset($c['zz']), empty($c['a'])]);
$c['n'] = [1];
unset($c['b']);
attempt(fn () => $c);
attempt(fn () => iterator_to_array($c));
attempt(fn () => $c[5]);
$d = clone $c;
$d['only'] = 1;
attempt(fn () => [count($c), count($d)]);

$n = new Counter(5);
attempt(fn () => [$n->n, $n->label, $n->point, isset($n->n), isset($n->child), isset($n->none)]);
$n->label = 'x';
$n->child = $t->child(2);
attempt(fn () => $n->child->number() . $n->label);
attempt(fn () => $n->n = 'x');
attempt(fn () => $n->since = new DateTimeImmutable());
attempt(function () use ($n) { unset($n->n); });
attempt(function () use ($n) { $n->tags['x'] = 1; });
attempt(function () use ($n) { $n->none = 1; });
var_dump($t->children(1), $n->point);
attempt(fn () => [array_keys((array) $n), array_keys(get_object_vars($n))]);

class Mine extends Greeter
{
    public array $own = [1];

    public function hello(string $name): string
    {
        return '[' . parent::hello($name) . ']';
    }
}
class Unmade extends Greeter
{
    public function __construct()
    {
    }
}
attempt(fn () => (new Mine('Hi'))->hello('x'));
attempt(fn () => (new Unmade())->hello('x'));
attempt(fn () => $t->stringer(new Mine('mine')));
attempt(fn () => (new ReflectionClass(Greeter::class))->newInstanceWithoutConstructor()->hello('x'));
$g = new Greeter('again');
attempt(fn () => $g->__construct('twice'));
attempt(fn () => array_map($g->hello(...), ['a', 'b']));
?>
--EXPECTF--
{"x":2.5,"y":1.0,"note":"n"}
TypeError: Fixture\Types::point(): Argument #1 ($p) must be of type Fixture\Point, stdClass given
TypeError: Fixture\Point::__construct(): Argument #1 ($x) must be of type float, string given
ArgumentCountError: Fixture\Point::__construct() expects exactly 3 arguments, 2 given
Error: Cannot modify readonly property Fixture\Point::$x
{"x":1.0,"y":2.0,"note":null}
true
[4.0,"red",true,"Europe\/Berlin"]
TypeError: Fixture\Line::__construct(): Argument #4 ($drawn) must be of type DateTimeImmutable, DateTime given
[10,{"blue":"blue"},"fixture.Level"]
["High",null,2]
"2024-10-27T02:30:00+02:00 Europe\/Berlin"
"1960-01-01 01:00:00.250000 +05:30"
3.0
3
null
6
TypeError: Fixture\Types::total(): Argument #1 must be of type Fixture\Child, Fixture\Types given
TypeError: Fixture\Types::total(): Argument #1 must be of type Fixture\Child, null given
"child 9hi"
TypeError: Fixture\Types::stringer(): Argument #1 ($s) must be of type Stringer, another object given
Error: Fixture\Child cannot be constructed: other components hand it out
[true,false,false,false]
Error: Trying to clone an uncloneable object of class Fixture\Child
Exception: Serialization of 'Fixture\Child' is not allowed
"text"
Phalanx\Exception\GoException: fixture: nothing saved
[2,1,false,false]
{"a":1,"n":[1]}
{"a":1,"n":[1]}
TypeError: Fixture\Collection::offsetGet(): Argument #1 ($key) must be of type string, int given
[2,3]
[5,"n",{"x":0.0,"y":0.0,"note":null},true,false,false]
"2x"
TypeError: Cannot assign string to property Fixture\Counter::$n of type int
Error: Cannot modify readonly property Fixture\Counter::$since
Error: Cannot unset Fixture\Counter::$n
Error: Cannot change Fixture\Counter::$tags in place: its value is a copy of Go's; assign a new one
Error: Cannot create dynamic property Fixture\Counter::$none
array(1) {
  [0]=>
  object(Fixture\Child)#%d (1) {
    ["n"]=>
    int(0)
  }
}
object(Fixture\Point)#%d (3) {
  ["x"]=>
  float(0)
  ["y"]=>
  float(0)
  ["note"]=>
  NULL
}
[["n","label","point","since","child","tags"],["n","label","point","since","child","tags"]]
"[Hi, x]"
Error: The constructor of Fixture\Greeter has not run
"mine"
Error: The constructor of Fixture\Greeter has not run
Error: This Fixture\Greeter has been constructed already
["again, a","again, b"]
