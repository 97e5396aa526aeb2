package io.nsfl.taskmanager.privacy;

/**
 * What the owner of a client's data is willing to give away of each dataset, over all jobs together.
 *
 * @param epsilon most that the tasks may cost, above 0
 * @param delta under which epsilon is counted, between 0 and 1
 * @param publicEvaluation whether jobs may declare the data of evaluations public and have their metrics
 */
public record PrivacyBudget(double epsilon, double delta, boolean publicEvaluation) {}
