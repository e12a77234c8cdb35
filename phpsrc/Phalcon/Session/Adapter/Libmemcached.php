<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session\Adapter;

use Phalcon\Storage\AdapterFactory;

/** Sessions in memcached. Options are those of Phalcon\Storage\Adapter\Libmemcached. */
class Libmemcached extends AbstractAdapter
{
    public function __construct(AdapterFactory $factory, array $options = [])
    {
        $options['prefix'] ??= 'sess-memc-';
        $options['stripPrefix'] ??= false;
        $this->adapter = $factory->newInstance('libmemcached', $options);
    }
}
