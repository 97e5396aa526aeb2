/** What training scripts in Java import: the weights, metrics, parameters, files and datasets of the task they run for. */
package io.nsfl.sdk;
