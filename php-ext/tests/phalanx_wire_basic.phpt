--TEST--
phalanx_wire_encode() and phalanx_wire_decode(): the bytes of docs/wire.md
--FILE--
<?php
$values = [null, false, true, -2, 1.5, "ab\0", [true, null], ['a' => null, 7 => true], (object) ['8' => 1],
    new DateTimeImmutable('1970-01-01 00:00:01.000002 UTC'), new DateTime('1970-01-01 02:00:00 +02:00'),
    [['a' => 1.5, 7 => null], ['a' => [], 7 => true]], ['k' => ['a' => true], 3 => ['a' => null]], [['a' => true], ['b' => true]],
    [['a' => true], [1]], ['x' => ['a' => 1], 'y' => null], [[1 => true], [1 => false]], [[true], [false]]];
foreach ($values as $value) {
    echo bin2hex($bytes = phalanx_wire_encode($value)), "\n";
    $back = phalanx_wire_decode($bytes);
    if (is_object($value) ? $back != $value && $back !== (array) $value : $back !== $value) {
        var_dump($back);
    }
}
foreach (["", "\xff", "\x03\0", "\x05\xff\xff\xff\xff", "\x06\xff\xff\xff\xff\0", "\0\0", "\x07\1\0\0\0\0\0\0\0\0\0\0",
    str_repeat("\x06\1\0\0\0", 513) . "\0",
    str_repeat("\x0e\1\0\0\0\1\0\0\0\5\1\0\0\0a", 257) . "\0", "\x0e\2\0\0\0\1\0\0\0\5\1\0\0\0a\0",
    "\x0e\1\0\0\0\2\0\0\0\5\1\0\0\0a\5\1\0\0\0a\0\0", "\x0f\1\0\0\0\1\0\0\0\5\1\0\0\0a\0\0", "\x08\0\0\0\0\1\0\0\0\0\0\0\0"] as $bytes) {
    try {
        var_dump(phalanx_wire_decode($bytes));
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
$table = "\x0f\2\0\0\0\1\0\0\0\5\1\0\0\0v\5\1\0\0\0007\1\5\1\0\0\0007\2";
echo json_encode(phalanx_wire_decode($table)), "\n";
$rows = [['long name' => 'x', 2 => 1], ['long name' => 'y', 2 => 2], ['long name' => 'z', 2 => 3]];
$rows = phalanx_wire_decode(phalanx_wire_encode($rows));
$rows[0]['more'] = 1;
unset($rows[1]['long name']);
$rows[2][] = 4;
echo json_encode($rows), "\n";
// An array that is there by reference, and how deep rows go.
$one = ['a' => 1];
echo bin2hex(phalanx_wire_encode([&$one, &$one])), "\n";
$deep = 1;
for ($i = 0; $i < 256; $i++) {
    $deep = [['a' => $deep], ['a' => 0]];
}
echo strlen(phalanx_wire_encode($deep)), " bytes\n";
try {
    phalanx_wire_encode([$deep]);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
echo json_encode(phalanx_wire_decode("\x07\2\0\0\0\5\1\0\0\0007\1\5\1\0\0\0007\2")), "\n";
try {
    phalanx_wire_encode([fn () => 1]);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
00
01
02
03feffffffffffffff
04000000000000f83f
0503000000616200
06020000000200
07020000000501000000610003070000000000000002
0701000000030800000000000000030100000000000000
0b0100000000000000d00700000000000003000000555443
0b000000000000000000000000201c000000000000
0e020000000200000005010000006103070000000000000004000000000000f83f00060000000002
0f020000000100000005010000006105010000006b0203030000000000000000
0602000000070100000005010000006102070100000005010000006202
06020000000701000000050100000061020601000000030100000000000000
0702000000050100000078070100000005010000006103010000000000000005010000007900
0602000000070100000003010000000000000002070100000003010000000000000001
0602000000060100000002060100000001
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
{"7":{"v":true}}
[{"long name":"x","2":1,"more":1},{"2":2},{"long name":"z","2":3,"3":4}]
0e0200000001000000050100000061030100000000000000030100000000000000
6153 bytes
phalanx_wire_encode(): Argument #1 ($value) must not be nested deeper than 512 levels
{"7":true}
phalanx_wire_encode(): Argument #1 ($value) must not hold a value of type Closure, which cannot be handed over
