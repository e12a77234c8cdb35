<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

use DateTimeImmutable;
use Phalcon\Di\Di;
use Phalcon\Filter\FilterFactory;
use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Exceptions\InvalidCallbackReturn;
use Phalcon\Filter\Validation\Exceptions\InvalidValidator;
use Phalcon\Filter\Validation\Exceptions\NoDataToValidate;
use Phalcon\Filter\Validation\Exceptions\ValidationEntityNotObject;
use Phalcon\Filter\Validation\Validator\Alpha;
use Phalcon\Filter\Validation\Validator\Callback;
use Phalcon\Filter\Validation\Validator\PresenceOf;
use Phalcon\Filter\Validation\Validator\StringLength;
use PHPUnit\Framework\TestCase;

final class ValidationTest extends TestCase
{
    protected function setUp(): void
    {
        $di = new Di();
        $di->setShared('filter', static fn () => (new FilterFactory())->newInstance());
        Di::setDefault($di);
    }

    protected function tearDown(): void
    {
        Di::reset();
    }

    public function testTheEntityGetsWhatTheWhiteListNamesAndNoMore(): void
    {
        $entity = new class {
            public string $name = '';
            public bool $isAdmin = false;
            private int $age = 0;

            public function setAge(int $age): void
            {
                $this->age = $age;
            }

            public function getAge(): int
            {
                return $this->age;
            }
        };
        $validation = new Validation();
        $validation->setFilters('name', ['trim', 'upper']);
        $data = ['name' => ' ann ', 'age' => '41', 'isAdmin' => true, 'other' => 1, 0 => 'x'];
        $validation->bind($entity, $data, ['name', 'age']);
        self::assertSame('ANN', $entity->name);
        self::assertSame(41, $entity->getAge());
        self::assertFalse($entity->isAdmin);
        self::assertFalse(property_exists($entity, 'other'));
    }

    public function testValuesAreSanitizedBeforeTheyAreLookedAt(): void
    {
        $validation = new Validation(['name' => [new Alpha()]]);
        self::assertCount(1, $validation->validate(['name' => ' ann ']));
        $validation->setFilters(['name', 'city'], 'trim');
        self::assertCount(0, $validation->validate(['name' => ' ann ']));
        self::assertSame('ann', $validation->getValue('name'));
        self::assertSame(['name' => 'trim', 'city' => 'trim'], $validation->getFilters());
    }

    public function testValuesOfTheLastDataDoNotStay(): void
    {
        $validation = new Validation(['name' => [new PresenceOf()]]);
        self::assertCount(0, $validation->validate(['name' => 'ann']));
        self::assertCount(1, $validation->validate(['city' => 'Bern']));
        self::assertTrue($validation->fails());
        self::assertNull($validation->getValue('name'));
    }

    public function testAfterAFailureTheFieldsOtherValidatorsMayBeLeftOut(): void
    {
        $validation = new Validation();
        $validation->add('a', new PresenceOf(['cancelOnFail' => true]));
        $validation->add('a', new PresenceOf());
        $validation->add('b', new PresenceOf());
        $messages = $validation->validate(['c' => 1]);
        self::assertSame(['a', 'b'], array_map(static fn ($m): string => $m->getField(), iterator_to_array($messages)));
    }

    public function testMessages(): void
    {
        $validation = new Validation();
        $validation->setLabels(['a' => '<Label>', 'b' => 'B']);
        $options = ['message' => ['a' => ':field is missing', 'b' => 'no :field'], 'code' => ['a' => '7']];
        $validation->add(['a', 'b'], new PresenceOf($options));
        [$a, $b] = iterator_to_array($validation->validate(['c' => 1]));
        self::assertSame(['<Label> is missing', 'a', PresenceOf::class, 7], [
            $a->getMessage(),
            $a->getField(),
            $a->getType(),
            $a->getCode(),
        ]);
        self::assertSame(['no B', 0], [$b->getMessage(), $b->getCode()]);
    }

    public function testAllowEmpty(): void
    {
        $passes = static function (mixed $allowEmpty, mixed $value): bool {
            $validation = new Validation(['name' => [new Alpha(['allowEmpty' => $allowEmpty])]]);

            return count($validation->validate(['name' => $value, 'x' => 1])) === 0;
        };
        self::assertTrue($passes(true, '0'));
        self::assertTrue($passes(true, []));
        self::assertTrue($passes(['-', '?'], '-'));
        self::assertFalse($passes(['-', '?'], '+'));
        self::assertTrue($passes(['name' => true], ''));
        self::assertFalse($passes(false, ''));
        self::assertFalse($passes(['0'], 0));
    }

    public function testCallbacksMaySayWhatIsWrong(): void
    {
        $callback = new Callback(['callback' => function (array $data): bool {
            /** @var Callback $this */
            $this->setTemplate("$data[name] is taken");

            return $data['name'] !== 'ann';
        }]);
        $validation = new Validation(['name' => [$callback]]);
        self::assertSame('ann is taken', (string) $validation->validate(['name' => 'ann'])[0]);
        self::assertCount(0, $validation->validate(['name' => 'bob']));
        self::assertSame('Field :field must match the callback function', $callback->getTemplate());
    }

    public function testStaticClosuresMethodsAndFunctionsAreCallbacks(): void
    {
        $data = ['name' => 'ann'];
        $callbacks = [
            static fn (array $data): bool => $data['name'] === 'ann',
            $this->isAnn(...),
            $this->isAnn(...)(...),
            [$this, 'isAnn'],
            is_array(...),
            'is_array',
            static fn (): PresenceOf => new PresenceOf(),
        ];
        foreach ($callbacks as $callback) {
            $validation = new Validation(['name' => [new Callback(['callback' => $callback])]]);
            self::assertCount(0, $validation->validate($data));
        }
        $this->expectException(InvalidCallbackReturn::class);
        (new Validation(['name' => [new Callback(['callback' => static fn () => 1])]]))->validate($data);
    }

    public function isAnn(array $data): bool
    {
        return $data['name'] === 'ann';
    }

    public function testStringLengthHasMessagesForBothEnds(): void
    {
        $complaint = static function (array $options, string $text): ?string {
            $validation = new Validation(['a' => [new StringLength($options)]]);

            return isset($validation->validate(['a' => $text])[0]) ? (string) $validation->getMessages()[0] : null;
        };
        $both = ['min' => 2, 'max' => 5, 'included' => true, 'message' => 'no'];
        self::assertSame('no', $complaint($both, 'ä'));
        self::assertNull($complaint($both, 'ää'));
        self::assertNull($complaint($both, 'äääää'));
        self::assertSame('no', $complaint($both, 'ääääää'));
        $each = ['MAX' => 5, 'Min' => 2, 'messageMaximum' => 'long', 'messageMinimum' => 'short :min'];
        self::assertSame('long', $complaint($each, 'aaaaa'));
        self::assertSame('short 2', $complaint($each, 'aa'));
        self::assertNull($complaint($each, 'aaa'));
    }

    public function testObjectsAreData(): void
    {
        $validation = new Validation(['a' => [new PresenceOf()], 'b' => [new PresenceOf()]]);
        $messages = $validation->validate((object) ['a' => '1']);
        self::assertCount(1, $messages);
        self::assertSame('b', $messages[0]->getField());
        self::assertCount(2, $validation->validate(new DateTimeImmutable()));
    }

    public function testMistakesOfTheApplication(): void
    {
        $mistakes = [
            NoDataToValidate::class => static fn () => (new Validation())->getValue('a'),
            ValidationEntityNotObject::class => static fn () => (new Validation())->bind('a', ['a' => 1]),
            InvalidValidator::class => static fn () => (new Validation(['a' => new PresenceOf()]))->validate(['a' => 1]),
        ];
        foreach ($mistakes as $exception => $mistake) {
            try {
                $mistake();
                self::fail("$exception is not thrown");
            } catch (Validation\Exception $thrown) {
                self::assertSame($exception, $thrown::class);
            }
        }
    }
}
