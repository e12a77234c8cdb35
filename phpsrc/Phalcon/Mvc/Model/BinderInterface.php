<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model;

use Phalcon\Cache\Adapter\AdapterInterface;

/** Replaces parameters of handlers by the models they stand for. */
interface BinderInterface
{
    public function bindToHandler($handler, array $params, string $cacheKey, ?string $methodName = null): array;

    public function getBoundModels(): array;

    /** @return AdapterInterface|null */
    public function getCache();

    public function setCache(AdapterInterface $cache): BinderInterface;
}
