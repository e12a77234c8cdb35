<?php

$resolveOnly = ['$client = new Psr18Client'];
