<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Mvc;

use Closure;
use Phalcon\Application\AbstractApplication;
use Phalcon\Application\ModuleLoading;
use Phalcon\Di\DiInterface;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Application\Exceptions\ContainerRequired;
use Phalcon\Mvc\Application\Exceptions\InvalidModuleDefinition;
use Phalcon\Mvc\Application\Exceptions\ModuleDefinitionPathNotFound;
use Phalcon\Traits\Php\FileTrait;

/**
 * A web application: routes a URI, starts the module, dispatches to the controller and renders the view.
 *
 * It keeps nothing of a message; its container's router, dispatcher, view and response do.
 */
class Application extends AbstractApplication
{
    use FileTrait;
    use ModuleLoading;

    protected $implicitView = true;
    protected $sendCookies = true;
    protected $sendHeaders = true;

    /** The response, its head sent unless that is turned off; false when a listener ended it. */
    public function handle(string $uri): ResponseInterface|bool
    {
        $container = $this->container ?? throw new ContainerRequired();
        if ($this->isStopped('application:boot')) {
            return false;
        }
        $router = $container->getShared('router');
        $router->handle($uri);
        $response = $this->answerOfRoute($router, $container);
        if ($response !== null) {
            return $response;
        }
        $moduleName = $router->getModuleName() ?: $this->defaultModule;
        if ($moduleName && !$this->startModule($moduleName, $container)) {
            return false;
        }
        $view = $this->implicitView ? $container->getShared('view') : null;
        $dispatcher = $container->getShared('dispatcher');
        $dispatcher->setModuleName($moduleName);
        $dispatcher->setNamespaceName($router->getNamespaceName());
        $dispatcher->setControllerName($router->getControllerName());
        $dispatcher->setActionName($router->getActionName());
        $dispatcher->setParams($router->getParams());
        $view?->start();
        if ($this->isStopped('application:beforeHandleRequest', $dispatcher)) {
            return false;
        }
        $controller = $dispatcher->dispatch();
        $response = $this->responseTo($dispatcher, $controller, $view, $container);
        $this->eventsManager?->fire('application:beforeSendResponse', $this, $response);
        if ($this->sendHeaders) {
            $response->sendHeaders();
        }
        if ($this->sendCookies) {
            $response->sendCookies();
        }

        return $response;
    }

    /** Whether handle() sends cookies; by default it does. */
    public function sendCookiesOnHandleRequest(bool $sendCookies): static
    {
        $this->sendCookies = $sendCookies;

        return $this;
    }

    /** Whether handle() sends headers; by default it does. */
    public function sendHeadersOnHandleRequest(bool $sendHeaders): static
    {
        $this->sendHeaders = $sendHeaders;

        return $this;
    }

    /** Whether handle() renders the "view" service; by default it does. */
    public function useImplicitView(bool $implicitView): static
    {
        $this->implicitView = $implicitView;

        return $this;
    }

    private function isStopped(string $event, mixed $data = null): bool
    {
        return $this->eventsManager?->fire($event, $this, $data) === false;
    }

    /** A route may have a callable of its own: what it answers, if that is a response or the content of one. */
    private function answerOfRoute(object $router, DiInterface $container): ?ResponseInterface
    {
        $match = $router->getMatchedRoute()?->getMatch();
        if ($match === null) {
            return null;
        }
        if ($match instanceof Closure) {
            $match = Closure::bind($match, $container);
        }
        $answer = call_user_func_array($match, $router->getParams());
        if (is_string($answer)) {
            $response = $container->getShared('response');
            $response->setContent($answer);

            return $response;
        }
        if (!$answer instanceof ResponseInterface) {
            return null;
        }
        $answer->sendHeaders();
        $answer->sendCookies();

        return $answer;
    }

    private function startModule(string $name, DiInterface $container): bool
    {
        if ($this->isStopped('application:beforeStartModule', $name)) {
            return false;
        }
        $module = $this->loadModule(
            $name,
            $container,
            InvalidModuleDefinition::class,
            ModuleDefinitionPathNotFound::class,
        );
        $this->eventsManager?->fire('application:afterStartModule', $this, $module);

        return true;
    }

    /** The action's own response, or one with what it answered or the view rendered; false is left to the response. */
    private function responseTo(
        object $dispatcher,
        mixed $controller,
        ?object $view,
        DiInterface $container,
    ): ResponseInterface {
        $answer = $dispatcher->getReturnedValue();
        if ($answer === false) {
            return $container->getShared('response');
        }
        if (is_string($answer)) {
            $response = $container->getShared('response');
            $response->setContent($answer);

            return $response;
        }
        $this->eventsManager?->fire('application:afterHandleRequest', $this, $controller);
        $answered = $answer instanceof ResponseInterface;
        if (
            $view !== null && !$answered && is_object($controller)
            && !$this->isStopped('application:viewRender', $view)
        ) {
            $view->render($dispatcher->getControllerName(), $dispatcher->getActionName());
        }
        $view?->finish();
        if ($answered) {
            return $answer;
        }
        $response = $container->getShared('response');
        if ($view !== null) {
            $response->setContent($view->getContent());
        }

        return $response;
    }
}
