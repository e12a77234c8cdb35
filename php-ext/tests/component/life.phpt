--TEST--
A million objects come and go and memory stays flat: PHP's, the handles and the process; cycles are collected
--FILE--
<?php
use Fixture\{Collection, Counter, Types};

function resident(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $m);

    return (int) $m[1];
}

class Node extends Counter
{
    public ?Node $other = null;
}

$types = new Types();
$round = static function (int $n) use ($types): void {
    for ($i = 0; $i < $n; $i++) {
        new Counter($i);
        $types->child($i);
        $collection = new Collection(['k' => $i]);
        $copy = clone $collection;
    }
};
$round(20_000);
$live = $types->live();
$resident = resident();
$php = memory_get_usage();
$round(230_000);
var_dump($types->live() - $live, memory_get_usage() - $php < 10_000);
// Go's collector lets 32 MiB come up; a million leaked objects of 100 bytes would be more.
var_dump(resident() - $resident < 40_000 ?: resident() - $resident);

$live = $types->live();
for ($i = 0; $i < 20_000; $i++) {
    $a = new Node(1);
    $a->other = new Node(2);
    $a->other->other = $a;
}
unset($a);
gc_collect_cycles();
var_dump($types->live() - $live);
?>
--EXPECT--
int(0)
bool(true)
bool(true)
int(0)
