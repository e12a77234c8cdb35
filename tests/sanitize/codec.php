<?php

/*
 * The codec under sanitizers: the corpus of the Go half's fuzzing, whole, cut at every byte, and changed at random. What is
 * read is written and read again; memory is the sanitizers' to watch.
 *
 *     WIRE_SEED    repeats what a failure names
 *     WIRE_ROUNDS  how many changed inputs are tried (20000)
 */

declare(strict_types=1);

$seed = (int) (getenv('WIRE_SEED') ?: random_int(1, PHP_INT_MAX));
$rounds = (int) (getenv('WIRE_ROUNDS') ?: 20000);
echo "WIRE_SEED=$seed\n";
$random = new Random\Randomizer(new Random\Engine\Xoshiro256StarStar($seed));

$values = [
    null, true, 1, 1.5, '', "\0", str_repeat('s', 5000), [], [1, 'two', [3.0, [null]]], ['a' => 1, 7 => ['b' => []]],
    array_fill(0, 100, ['id' => 1, 'name' => 'a name', 7 => [['x' => null], ['x' => 'y']]]),
    ['a' => ['v' => 1, 'w' => 2.5], 9 => ['v' => 'text', 'w' => []]],
    [new DateTimeImmutable('2024-05-05 12:00:00.5 Europe/Berlin'), new DateTime('1970-01-01 02:00:00 +02:00')],
    (object) ['a' => (object) ['8' => 1]], range(0, 300), array_fill(0, 300, 'text'),
];
$reference = ['k' => 1];
$values[] = [&$reference, &$reference];
$hole = [['a' => 1, 'b' => 2], ['x' => 0, 'a' => 1, 'b' => 2]];
unset($hole[1]['x']);
$values[] = $hole;
$corpus = array_map(phalanx_wire_encode(...), $values);
foreach ($values as $value) {
    phalanx_wire_held($value);
}
$object = new SplObjectStorage();
$object[new ArrayObject([1])] = ['rows' => [['a' => 1], ['a' => 2]]];
phalanx_wire_held([$object, $object]);
foreach ([fn () => phalanx_wire_held([fn () => 1]), fn () => phalanx_wire_encode([[['a' => 1], ['a' => new ArrayObject()]]])] as $refused) {
    try {
        $refused();
        exit(1);
    } catch (Throwable) {
    }
}
$deep = [];
for ($i = 0; $i < 600; $i++) {
    $deep = [['a' => $deep], ['a' => 0]];
}
try {
    phalanx_wire_encode($deep);
    exit(1);
} catch (ValueError) {
}

foreach (glob(dirname(__DIR__, 2) . '/goengine/wire/testdata/fuzz/*/*') as $file) {
    if (preg_match('/^\[\]byte\((".*")\)$/m', file_get_contents($file), $m)) {
        $code = strtr($m[1], ['\\a' => '\\x07', '\\b' => '\\x08', '$' => '\\$', '\\\\' => '\\\\']);
        $corpus[] = eval('return ' . preg_replace('/\\\\u([0-9a-f]{4})/', '\\u{$1}', $code) . ';');
    }
}

$good = $bad = 0;
$try = static function (string $bytes) use (&$good, &$bad, $seed): void {
    try {
        $value = phalanx_wire_decode($bytes);
    } catch (ValueError) {
        $bad++;
        return;
    }
    $good++;
    $again = phalanx_wire_encode($value);
    if (phalanx_wire_encode(phalanx_wire_decode($again)) !== $again) {
        echo 'different the second time: ', bin2hex($bytes), "\n";
        exit(1);
    }
    // A row is changed: what others share with it stays whole.
    $all = [$value];
    array_walk_recursive($all, static function (&$v, $k) {
        $v = $k;
    });
};
foreach ($corpus as $bytes) {
    $try($bytes);
    for ($i = 0, $n = min(strlen($bytes), 400); $i < $n; $i++) {
        $try(substr($bytes, 0, $i));
    }
}
$pick = static fn (): string => $corpus[$random->getInt(0, count($corpus) - 1)];
for (; $rounds > 0; $rounds--) {
    $bytes = $pick();
    for ($n = $random->getInt(1, 2); $n > 0; $n--) {
        $at = $random->getInt(0, max(0, strlen($bytes) - 1));
        $bytes = match ($random->getInt(0, 5)) {
            0 => substr_replace($bytes, chr($random->getInt(0, 255)), $at, 1),
            1 => substr($bytes, 0, $at),
            2 => substr($bytes, 0, $at) . chr($random->getInt(0, 15)) . substr($bytes, $at),
            3 => substr($bytes, 0, $at) . substr($pick(), 0, 64) . substr($bytes, $at),
            4 => substr_replace($bytes, pack('V', $random->getInt(0, 5) ?: 0xffffffff), $at, 4),
            5 => substr($bytes, $at) . substr($bytes, 0, $at),
        };
    }
    $try($bytes);
}
echo "$good values, $bad refused\n";
exit($good > 100 && $bad > 1000 ? 0 : 1);
