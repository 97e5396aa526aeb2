package io.nsfl.federation.privacy;

/**
 * What releases have cost under one delta.
 *
 * @param epsilon infinite where nothing is promised
 * @param delta probability with which the promise may fail
 * @param order the Renyi order that gives the best bound
 */
public record PrivacyLoss(double epsilon, double delta, int order) {}
