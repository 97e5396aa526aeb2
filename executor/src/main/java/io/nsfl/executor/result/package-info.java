/** What a script left in its workspace: metrics, and the trained model as tensors. */
package io.nsfl.executor.result;
