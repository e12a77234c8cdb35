<?php

$resolveOnly = ['$result = $limiter->attempt($connection'];
$limiter = new RateLimiter('api', limit: 100, perSeconds: 60);
