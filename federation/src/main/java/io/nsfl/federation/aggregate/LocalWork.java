package io.nsfl.federation.aggregate;

/**
 * How far a client's optimizer got: the L1 norm of the vector a of FedNova (Wang et al., NeurIPS 2020), which says how often each of its
 * gradients is contained in its update. 1 for one step, and never less.
 */
@FunctionalInterface
public interface LocalWork {
    /** @param steps number of optimizer steps that the client made, at least 1 */
    double of(double steps);

    /** Plain SGD: {@code tau}. */
    static LocalWork plain() {
        return steps -> steps;
    }

    /** SGD with momentum rho: {@code (tau - rho (1 - rho^tau) / (1 - rho)) / (1 - rho)}. @param rho from 0 to below 1 */
    static LocalWork momentum(double rho) {
        if (!(rho >= 0 && rho < 1)) {
            throw new IllegalArgumentException("Cannot count steps with a momentum of " + rho);
        }
        return tau -> (tau - rho * (1 - StrictMath.pow(rho, tau)) / (1 - rho)) / (1 - rho);
    }

    /**
     * SGD on a proximal objective: {@code (1 - (1 - eta mu)^tau) / (eta mu)}.
     *
     * @param etaMu the client's learning rate times mu, above 0 and below 1
     */
    static LocalWork proximal(double etaMu) {
        if (!(etaMu > 0 && etaMu < 1)) {
            throw new IllegalArgumentException("Cannot count steps with eta * mu = " + etaMu);
        }
        return tau -> (1 - StrictMath.pow(1 - etaMu, tau)) / etaMu;
    }
}
