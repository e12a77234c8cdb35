--TEST--
The codec's C half reads the corpus of the Go half's fuzzing with bytes changed, cut, repeated and joined: a value or an error
--FILE--
<?php
// WIRE_SEED repeats what a failure names; WIRE_ROUNDS is how many inputs are tried.
$seed = (int) (getenv('WIRE_SEED') ?: random_int(1, PHP_INT_MAX));
$random = new Random\Randomizer(new Random\Engine\Xoshiro256StarStar($seed));
$corpus = [phalanx_wire_encode([1, 'k' => ['x' => 1.5, 'y' => null, 3 => [true, 'long' => str_repeat('s', 300)]]]),
    phalanx_wire_encode([new DateTimeImmutable('2024-05-05 12:00:00.5 Europe/Berlin'), [[[[]]]]]),
    phalanx_wire_encode(array_fill(0, 3, ['id' => 1, 'name' => 'a name', 7 => [['x' => null], ['x' => 'y']]])),
    phalanx_wire_encode(['a' => ['v' => 1, 'w' => 2.5], 9 => ['v' => 'text', 'w' => []]])];
foreach (glob(dirname(__DIR__, 2) . '/goengine/wire/testdata/fuzz/*/*') as $file) {
    if (preg_match('/^\[\]byte\((".*")\)$/m', file_get_contents($file), $m)) {
        $code = strtr($m[1], ['\\a' => '\\x07', '\\b' => '\\x08', '$' => '\\$', '\\\\' => '\\\\']);
        $corpus[] = eval('return ' . preg_replace('/\\\\u([0-9a-f]{4})/', '\\u{$1}', $code) . ';');
    }
}
$pick = fn (): string => $corpus[$random->getInt(0, count($corpus) - 1)];
$values = $errors = 0;
for ($round = (int) (getenv('WIRE_ROUNDS') ?: 30000); $round > 0; $round--) {
    $bytes = $pick();
    for ($n = $random->getInt(1, 4); $n > 0; $n--) {
        $length = strlen($bytes);
        $at = $random->getInt(0, max(0, $length - 1));
        $bytes = match ($random->getInt(0, 5)) {
            0 => substr_replace($bytes, chr($random->getInt(0, 255)), $at, 1),
            1 => substr($bytes, 0, $at),
            2 => substr($bytes, 0, $at) . chr($random->getInt(0, 15)) . substr($bytes, $at),
            3 => substr($bytes, 0, $at) . substr($pick(), 0, 64) . substr($bytes, $at),
            4 => substr_replace($bytes, pack('V', $random->getInt(0, 5) ?: 0xffffffff), $at, 4),
            5 => substr($bytes, $at) . substr($bytes, 0, $at),
        };
    }
    try {
        $value = phalanx_wire_decode($bytes);
    } catch (ValueError) {
        $errors++;
        continue;
    }
    $values++;
    $again = phalanx_wire_encode($value);
    if (phalanx_wire_encode(phalanx_wire_decode($again)) !== $again) {
        echo "WIRE_SEED=$seed: different the second time: ", bin2hex($bytes), "\n";
    }
}
unset($value, $bytes, $again);
gc_collect_cycles();
var_dump($values > 0, $errors > 0);
?>
--EXPECT--
bool(true)
bool(true)
