/** Evaluation rounds: the committed model, measured by clients. */
package io.nsfl.coordinator.evaluation;
