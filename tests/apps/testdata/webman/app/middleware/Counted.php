<?php

namespace app\middleware;

use Webman\Http\Request;
use Webman\Http\Response;
use Webman\MiddlewareInterface;

/** On every request. */
class Counted implements MiddlewareInterface
{
    public function process(Request $request, callable $handler): Response
    {
        $response = $handler($request);
        $response->header('X-Counted', $request->controller . '@' . $request->action);

        return $response;
    }
}
