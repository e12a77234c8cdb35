--TEST--
The codec's C half reads what the Go half's fuzzing found: a value or an error, and a value comes back the same
--FILE--
<?php
$files = glob(dirname(__DIR__, 2) . '/goengine/wire/testdata/fuzz/*/*');
$values = $errors = 0;
foreach ($files as $file) {
    if (!preg_match('/^\[\]byte\((".*")\)$/m', file_get_contents($file), $m)) {
        echo "not understood: $file\n";
        continue;
    }
    // Go's quoting is PHP's, but for these.
    $code = strtr($m[1], ['\\a' => '\\x07', '\\b' => '\\x08', '$' => '\\$', '\\\\' => '\\\\']);
    $bytes = eval('return ' . preg_replace('/\\\\u([0-9a-f]{4})/', '\\u{$1}', $code) . ';');
    try {
        $value = phalanx_wire_decode($bytes);
    } catch (ValueError) {
        $errors++;
        continue;
    }
    $again = phalanx_wire_encode($value);
    if (phalanx_wire_encode(phalanx_wire_decode($again)) !== $again) {
        echo "different the second time: $file\n";
    }
    $values++;
}
var_dump(count($files) > 40, $values > 10, $errors > 10);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
