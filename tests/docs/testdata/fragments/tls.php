<?php

$resolveOnly = ['$info = $connection'];
$worker = new Worker();
