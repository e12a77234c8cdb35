<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Html\Link\Link as HeaderLink;
use Phalcon\Html\Link\Serializer\Header;
use Phalcon\Http\ResponseInterface;

/** Makes a link that tells browsers what they will need, and tells the response's headers too. */
class Preload extends AbstractHelper
{
    protected $response = null;

    public function __construct(EscaperInterface $escaper, ?ResponseInterface $response = null)
    {
        parent::__construct($escaper);
        $this->response = $response;
    }

    public function __invoke(string $href, string $type = 'style', array $attributes = []): string
    {
        unset($attributes['rel'], $attributes['href'], $attributes['as']);
        $this->response?->setRawHeader(
            'Link: ' . new Header()->serialize([new HeaderLink('preload', $href, ['as' => $type])])
        );

        return $this->selfClose('link', array_merge(['rel' => 'preload', 'href' => $href, 'as' => $type], $attributes));
    }
}
