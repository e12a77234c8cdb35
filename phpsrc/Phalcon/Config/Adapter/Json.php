<?php

declare(strict_types=1);

namespace Phalcon\Config\Adapter;

use Phalcon\Config\Config;
use Phalcon\Config\Exceptions\CannotLoadConfigFile;
use Phalcon\Support\Helper\Json\Decode;
use Phalcon\Traits\Php\FileTrait;

/** A JSON file. */
class Json extends Config
{
    use FileTrait;


    public function __construct(string $filePath)
    {
        $content = $this->phpFileGetContents($filePath);
        if ($content === false) {
            throw new CannotLoadConfigFile(basename($filePath));
        }
        parent::__construct(new Decode()($content, true));
    }
}
