--TEST--
Go is called from many C stacks in turns: the thread's own and those of Fibers, shallow and deep, old and new
--FILE--
<?php
$greeter = new Fixture\Greeter('Hello');
$types = new Fixture\Types();

/** Calls Go below some frames of C. */
function deep(int $n, callable $call): mixed
{
    return $n === 0 ? $call() : array_map(fn () => deep($n - 1, $call), [0])[0];
}

$right = 0;
$body = function (int $depth) use ($greeter, $types, &$right) {
    for ($i = 0; $i < 20; $i++) {
        $right += deep($depth, fn () => $greeter->hello('you')) === 'Hello, you';
        Fiber::suspend();
        $right += count(deep($depth, fn () => $types->largeList(1000))) === 1000;
        if ($i === 10) {
            $inner = new Fiber(fn () => $greeter->hello('inner'));
            $inner->start();
            $right += $inner->getReturn() === 'Hello, inner';
        }
    }
};
for ($round = 0; $round < 5; $round++) {
    $fibers = [];
    for ($i = 0; $i < 30; $i++) {
        $fibers[] = $fiber = new Fiber($body);
        $fiber->start($i % 10 * 5);
    }
    while ($fibers = array_filter($fibers, fn ($f) => !$f->isTerminated())) {
        foreach ($fibers as $fiber) {
            $fiber->resume();
            $right += deep(20, fn () => $greeter->hello('main')) === 'Hello, main';
        }
    }
}
var_dump($right === 5 * 30 * (20 + 20 + 1 + 20));
?>
--EXPECT--
bool(true)
