--TEST--
iter.Seq, iter.Seq2 and channels are iterated, and end with what PHP lets go of
--FILE--
<?php
require __DIR__ . '/attempt.inc';
$n = new Fixture\Counter(7);
foreach ($n->numbers() as $k => $v) {
    if ($k > 2) {
        break;
    }
    echo "$k=>$v\n";
}
attempt(function () use ($n) {
    foreach ($n->failingAfter(2) as $v) {
        echo $v, "\n";
    }
});
attempt(function () use ($n) {
    foreach ($n->panicAfter(1) as $v) {
        echo $v, "\n";
    }
});
attempt(function () use ($n) {
    $s = $n->numbers();
    foreach ($s as $v) {
        if ($v > 9) {
            break;
        }
    }
    foreach ($s as $v) {
    }
});
$s = $n->failingAfter(0);
attempt(fn () => $s->valid());
attempt(fn () => [$s->valid(), $s->current(), $s->key()]);
$w = new Fixture\Waiter();
foreach ($w->ticks(3, 0.001) as $k => $v) {
    echo "$k=>$v\n";
}
foreach ($w->ticks(1000, 0.001) as $v) {
    break;
}
for ($i = 0; $w->cancelled() === 0 && $i < 2000; $i++) {
    usleep(1000);
}
attempt(fn () => $w->cancelled());
for ($i = 0; $i < 10000; $i++) {
    foreach ($n->numbers() as $v) {
        break;
    }
}
$f = new Fiber(function () use ($n) {
    foreach ($n->numbers() as $v) {
        Fiber::suspend($v);
    }
});
echo $f->start(), $f->resume(), $f->resume(), "\n";
unset($f, $s);
gc_collect_cycles();
attempt(fn () => (new Fixture\Types())->live());
attempt(fn () => new Phalanx\Sequence());
?>
--EXPECT--
0=>7
1=>8
2=>9
0
1
Phalanx\Exception\GoException: fixture: the sequence broke
0
Phalanx\Exception\PanicException: fixture: in a sequence
Exception: A sequence goes forward once: ask for a new one
Phalanx\Exception\GoException: fixture: the sequence broke
[false,null,null]
0=>0
1=>1
2=>2
1
789
3
Error: Phalanx\Sequence cannot be constructed: other components hand it out
