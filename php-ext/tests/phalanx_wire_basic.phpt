--TEST--
phalanx_wire_encode() and phalanx_wire_decode(): the bytes of docs/wire.md
--FILE--
<?php
$values = [null, false, true, -2, 1.5, "ab\0", [true, null], ['a' => null, 7 => true], (object) ['8' => 1],
    new DateTimeImmutable('1970-01-01 00:00:01.000002 UTC'), new DateTime('1970-01-01 02:00:00 +02:00')];
foreach ($values as $value) {
    echo bin2hex($bytes = phalanx_wire_encode($value)), "\n";
    $back = phalanx_wire_decode($bytes);
    if (is_object($value) ? $back != $value && $back !== (array) $value : $back !== $value) {
        var_dump($back);
    }
}
foreach (["", "\xff", "\x03\0", "\x05\xff\xff\xff\xff", "\x06\xff\xff\xff\xff\0", "\0\0", "\x07\1\0\0\0\0\0\0\0\0\0\0",
    str_repeat("\x06\1\0\0\0", 513) . "\0", "\x08\0\0\0\0\1\0\0\0\0\0\0\0"] as $bytes) {
    try {
        var_dump(phalanx_wire_decode($bytes));
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
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
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
phalanx_wire_decode(): Argument #1 ($bytes) must be a value and nothing behind it
{"7":true}
phalanx_wire_encode(): Argument #1 ($value) must not hold a value of type Closure, which cannot be handed over
