--TEST--
A value that Go keeps comes back as it was, with its objects, and what serializing throws reaches the caller
--FILE--
<?php
class Sleeper
{
    public function __construct(public mixed $inner = null, private ?string $fails = null)
    {
    }

    public function __serialize(): array
    {
        // a call of the same thread while its value is being written
        (new Phalanx\Shared\Native\Channel('inner'))->tryPush('nested');
        if (isset($this->fails)) {
            throw new DomainException($this->fails);
        }
        return [$this->inner];
    }

    public function __unserialize(array $data): void
    {
        (new Phalanx\Shared\Native\Channel('inner'))->tryPop();
        [$this->inner] = $data;
    }
}

$channel = new Phalanx\Shared\Native\Channel('held', capacity: 10);
$date = new DateTime('2020-02-29 12:00:00.5', new DateTimeZone('+02:00'));
foreach ([1, 'text', [1, ['a' => null]], $date, [new Sleeper([1, new Sleeper($date)]), 'x' => 2]] as $value) {
    $channel->tryPush($value);
    $again = $channel->tryPop();
    var_dump(serialize($again) === serialize($value));
}
try {
    $channel->tryPush([1, new Sleeper(fails: 'no')]);
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
try {
    $channel->tryPush([STDIN]);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$deep = [];
for ($i = 0; $i < 600; $i++) {
    $deep = [$deep];
}
try {
    $channel->tryPush($deep);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump($channel->tryPop('nothing'));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
no
Phalanx\Shared\Native\Channel::tryPush(): Argument #1 ($value) must not hold a value of type resource, which cannot be handed over
Phalanx\Shared\Native\Channel::tryPush(): Argument #1 ($value) must not be nested deeper than 512 levels
string(7) "nothing"
