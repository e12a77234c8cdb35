<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt;

use Phalcon\Encryption\Crypt;
use Phalcon\Encryption\Crypt\Exception\Exception;
use Phalcon\Encryption\Crypt\Padding\Ansi;
use Phalcon\Encryption\Crypt\Padding\Iso10126;
use Phalcon\Encryption\Crypt\Padding\IsoIek;
use Phalcon\Encryption\Crypt\Padding\Noop;
use Phalcon\Encryption\Crypt\Padding\PadInterface;
use Phalcon\Encryption\Crypt\Padding\Pkcs7;
use Phalcon\Encryption\Crypt\Padding\Space;
use Phalcon\Encryption\Crypt\Padding\Zero;
use Phalcon\Factory\AbstractFactory;

/** Makes paddings by name. */
class PadFactory extends AbstractFactory
{
    private const NAMES = [
        Crypt::PADDING_DEFAULT => 'noop',
        Crypt::PADDING_ANSI_X_923 => 'ansi',
        Crypt::PADDING_ISO_10126 => 'iso10126',
        Crypt::PADDING_ISO_IEC_7816_4 => 'isoiek',
        Crypt::PADDING_PKCS7 => 'pjcs7',
        Crypt::PADDING_SPACE => 'space',
        Crypt::PADDING_ZERO => 'zero',
    ];

    protected string $exception = '';

    public function __construct(array $services = [])
    {
        $this->init($services);
    }

    public function newInstance(string $name): PadInterface
    {
        return new ($this->getService($name))();
    }

    /** The name of one of the constants Crypt::PADDING_*. */
    public function padNumberToService(int $number): string
    {
        return self::NAMES[$number] ?? throw $this->getException("Unknown padding constant $number");
    }

    protected function getServices(): array
    {
        return [
            'ansi' => Ansi::class,
            'iso10126' => Iso10126::class,
            'isoiek' => IsoIek::class,
            'noop' => Noop::class,
            'pjcs7' => Pkcs7::class,
            'pkcs7' => Pkcs7::class,
            'space' => Space::class,
            'zero' => Zero::class,
        ];
    }
}
