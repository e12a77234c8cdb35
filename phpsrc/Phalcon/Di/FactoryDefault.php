<?php

declare(strict_types=1);

namespace Phalcon\Di;

use Phalcon\Annotations\Adapter\Memory as AnnotationsMemory;
use Phalcon\Assets\Manager as AssetsManager;
use Phalcon\Encryption\Crypt;
use Phalcon\Encryption\Security;
use Phalcon\Events\Manager as EventsManager;
use Phalcon\Filter\FilterFactory;
use Phalcon\Flash\Direct;
use Phalcon\Flash\Session;
use Phalcon\Html\Escaper;
use Phalcon\Html\TagFactory;
use Phalcon\Http\Request;
use Phalcon\Http\Response;
use Phalcon\Http\Response\Cookies;
use Phalcon\Mvc\Dispatcher;
use Phalcon\Mvc\Model\Manager as ModelManager;
use Phalcon\Mvc\Model\MetaData\Memory as ModelMetaDataMemory;
use Phalcon\Mvc\Model\Transaction\Manager as TransactionManager;
use Phalcon\Mvc\Router;
use Phalcon\Mvc\Url;
use Phalcon\Queue\QueueFactory;
use Phalcon\Support\HelperFactory;
use Phalcon\Support\Settings;

/** A container with the services of a web application. */
class FactoryDefault extends Di
{
    public function __construct()
    {
        parent::__construct();
        $this->services = array_map(static fn ($definition) => new Service($definition, true), [
            'annotations' => AnnotationsMemory::class,
            'assets' => [
                'className' => AssetsManager::class,
                'arguments' => [['type' => 'service', 'name' => 'tag']],
            ],
            'crypt' => Crypt::class,
            'cookies' => Cookies::class,
            'dispatcher' => Dispatcher::class,
            'escaper' => Escaper::class,
            'eventsManager' => EventsManager::class,
            'flash' => Direct::class,
            'flashSession' => Session::class,
            'filter' => new FilterFactory()->newInstance(),
            'helper' => HelperFactory::class,
            'settings' => Settings::class,
            'modelsManager' => ModelManager::class,
            'modelsMetadata' => ModelMetaDataMemory::class,
            'queueFactory' => QueueFactory::class,
            'request' => Request::class,
            'response' => Response::class,
            'router' => Router::class,
            'security' => Security::class,
            'tag' => [
                'className' => TagFactory::class,
                'arguments' => [['type' => 'service', 'name' => 'escaper']],
            ],
            'transactionManager' => TransactionManager::class,
            'url' => Url::class,
        ]);
    }
}
