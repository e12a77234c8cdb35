<?php

declare(strict_types=1);

namespace Workerman\Http;

/** What a server has answered. Source: see Client. */
#[\AllowDynamicProperties]
class Response extends \Workerman\Psr7\Response
{
}
