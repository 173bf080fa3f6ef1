package sandbox

// AddBundle is for the tests of what a failed spec reports.
var AddBundle = (*Box).addBundle
