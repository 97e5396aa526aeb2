package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.lease.Ledgers.Standing;
import io.nsfl.sessions.lease.RunLedger;
import java.util.Optional;

/** Admits the calls of runs: later epochs take over, later runs retire earlier ones, and what is over is refused. */
final class Runs {
    private final Ledgers ledgers;
    private final Effects effects;
    private final Watchers watchers;
    private final LeaseChanges changes;

    Runs(Ledgers ledgers, Effects effects, Watchers watchers, LeaseChanges changes) {
        this.ledgers = ledgers;
        this.effects = effects;
        this.watchers = watchers;
        this.changes = changes;
    }

    /**
     * The ledger of a run, begun if nothing was known of it.
     *
     * @throws FaultException STALE_RUN
     */
    RunLedger admit(RunRef run, long nowMs) {
        return admitKnown(run, nowMs).orElseGet(() -> begin(run, nowMs));
    }

    /**
     * The ledger of a run, if anything is known of it.
     *
     * @throws FaultException STALE_RUN
     */
    Optional<RunLedger> admitKnown(RunRef run, long nowMs) {
        return switch (ledgers.standing(run)) {
            case Standing.Stale stale -> throw stale.fault();
            case Standing.Unknown unknown -> Optional.empty();
            case Standing.Current current -> {
                RunLedger ledger = current.ledger();
                ledger.renew(nowMs);
                if (run.getEpoch() > ledger.epoch()) {
                    takeOver(ledger, run.getEpoch());
                }
                yield Optional.of(ledger);
            }
        };
    }

    private void takeOver(RunLedger ledger, long epoch) {
        ledger.takeOver(epoch);
        effects.mustWrite(ledger);
        FaultException over = new FaultException(
                Fault.STALE_RUN,
                "Epoch " + epoch + " of run " + ledger.run() + " of job " + ledger.job() + " took over.");
        effects.then(() -> watchers.endBefore(ledger.run(), epoch, over));
    }

    private RunLedger begin(RunRef run, long nowMs) {
        Optional<RunLedger> earlier = ledgers.begin(run, nowMs);
        RunLedger ledger = ledgers.run(run.getRun()).orElseThrow();
        effects.mustWrite(ledger);
        earlier.ifPresent(retired -> retire(retired, ledger, nowMs));
        return ledger;
    }

    private void retire(RunLedger retired, RunLedger follower, long nowMs) {
        String sentence =
                "Run " + retired.run() + " of job " + retired.job() + " was followed by run " + follower.run() + ".";
        retired.leases().forEach(lease -> changes.released(lease, false, sentence, nowMs));
        retired.reservations().forEach(reservation -> reservation.close(retired.epoch()));
        effects.mustWrite(retired);
        FaultException over = new FaultException(Fault.STALE_RUN, sentence);
        effects.then(() -> watchers.endBefore(retired.run(), Long.MAX_VALUE, over));
    }
}
