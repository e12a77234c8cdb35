--TEST--
Reflection sees the types, names and defaults
--FILE--
<?php
$class = new ReflectionClass('Fixture\Types');
foreach (['named', 'variadic', 'row', 'time', 'child', 'children', 'total', 'nullable', 'maybe', 'nothing', 'any', 'level', 'line', 'several'] as $name) {
    $m = $class->getMethod($name);
    $params = [];
    foreach ($m->getParameters() as $p) {
        $params[] = $p->getType() . ($p->isVariadic() ? ' ...' : ' ') . '$' . $p->getName()
            . ($p->isOptional() && !$p->isVariadic() ? ' = ' . json_encode($p->getDefaultValue()) : '');
    }
    echo $name, '(', implode(', ', $params), '): ', $m->getReturnType(), "\n";
}
echo (new ReflectionMethod('Fixture\Waiter', 'compute'))->getDocComment(), "\n";
echo (new ReflectionClass('Fixture\Types'))->getDocComment(), "\n";
echo (new ReflectionProperty('Fixture\Counter', 'n'))->getDocComment(), "\n";
echo (new ReflectionClassConstant('Fixture\Greeter', 'LIMIT'))->getDocComment(), "\n";
echo 'What nothing names: $', (new ReflectionParameter(['Fixture\Collection', '__construct'], 0))->getName(), "\n";
echo implode(' ', class_implements('Fixture\Collection')), "\n";
foreach ((new ReflectionClass('Fixture\Counter'))->getProperties() as $p) {
    echo $p->getType(), ' $', $p->getName(), $p->isReadOnly() ? ' readonly' : '', "\n";
}
foreach ((new ReflectionClass('Fixture\Line'))->getConstructor()->getParameters() as $p) {
    echo $p->getType(), ' $', $p->getName(), "\n";
}
foreach ((new ReflectionClass('Fixture\Greeter'))->getReflectionConstants() as $c) {
    echo $c->getType(), ' ', $c->getName(), ' ', var_export($c->getValue(), true), "\n";
}
var_dump((new ReflectionEnum('Fixture\Colour'))->getBackingType()->getName(), (new ReflectionClass('Fixture\Point'))->isFinal());
eval('class Wrong extends Fixture\Greeter { public function hello(int $name): string { return ""; } }');
?>
--EXPECTF--
named(int $id, float $timeout = 1.5, string $mode = "fast", Fixture\Level $level = 10, array $tags = ["a"], ?int $limit = null): string
variadic(string $sep, string ...$parts): string
row(array $v): array
time(DateTimeInterface $t): DateTimeImmutable
child(int $n): ?Fixture\Child
children(int $n): array
total(Fixture\Child ...$all): int
nullable(?int $v = null): ?string
maybe(bool $ok): ?string
nothing(): void
any(mixed $v): mixed
level(Fixture\Level $l): Fixture\Level
line(Fixture\Line $l): ?Fixture\Line
several(): array
/**
 * Calls back, on a goroutine.
 *
 * @param callable(int): int $f
 * @throws \Phalanx\Exception\TimeoutException when the time of Phalanx\timeout() is over
 */
/** Has a method for each type. */
/** Where it stands. */
/** How many are greeted at once. */
What nothing names: $arg1
Countable ArrayAccess JsonSerializable IteratorAggregate Traversable
int $n
string $label
Fixture\Point $point
DateTimeImmutable $since readonly
?Fixture\Child $child
array $tags
Fixture\Point $from
Fixture\Point $to
Fixture\Colour $colour
DateTimeImmutable $drawn
string DEFAULT 'Hello'
int LIMIT 10
float RATIO 0.5
bool STRICT true
string(6) "string"
bool(true)

Fatal error: Declaration of Wrong::hello(int $name): string must be compatible with Fixture\Greeter::hello(string $name): string in %s on line %d
