#!/usr/bin/env node
require("tsx/cjs");
require("./fleet.ts");
