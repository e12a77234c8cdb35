--TEST--
Fibers whose callbacks have returned are kept for the next ones, and go when nobody needs so many
--FILE--
<?php
$mappings = static fn (): int => substr_count(file_get_contents('/proc/self/maps'), "\n"); // each Fiber's stack is one
$waiting = [];
$before = $mappings();
for ($i = 0; $i < 300; $i++) {
    phalanx_fiber_run(static function () use (&$waiting): void {
        $waiting[] = (object) ['fiber' => Fiber::getCurrent()];
        Fiber::suspend();
    });
}
$many = $mappings();
var_dump($many - $before >= 300);
foreach ($waiting as $one) {
    phalanx_fiber_resume($one->fiber);
}
$waiting = [];
unset($one);
var_dump($mappings() > $many - 100);
$looks = 0;
phalanx_timer_add(0.1, static function () use ($mappings, $many, &$looks): void {
    if ($mappings() < $many - 200 || ++$looks > 300) {
        phalanx_loop_stop();
    }
}, [], true);
phalanx_loop_run();
var_dump($mappings() < $many - 200);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
