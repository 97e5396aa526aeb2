package io.nsfl.coordinator.run;

import io.nsfl.coordinator.checkpoint.JournalRecord.RoundCommitted;
import io.nsfl.coordinator.round.RosterEntry;
import io.nsfl.federation.aggregate.FoldPlan;
import io.nsfl.federation.aggregate.RangeEstimate;
import io.nsfl.federation.aggregate.StalenessWeight;
import io.nsfl.protocol.v1.TaskKind;
import java.util.List;

/** How the updates of the next model are folded: for how many clients, how heavy they may be, and how large their elements. */
final class FoldPlanning {
    /** Clients tell their samples as a double: beyond this it holds not every whole number. */
    private static final long LARGEST_WEIGHT = 1L << 53;

    private final RunRecords records;
    private final GlobalModel model;

    FoldPlanning(RunRecords records, GlobalModel model) {
        this.records = records;
        this.model = model;
    }

    FoldPlan forRound(List<RosterEntry> roster) {
        return plan(roster.size(), weightCap(TaskKind.TASK_KIND_TRAIN, roster));
    }

    /** @param size how many updates make a model of an asynchronous run */
    FoldPlan forBuffer(int size) {
        return plan(size, StalenessWeight.UNITS);
    }

    /** Largest number of samples that a client of this roster may tell. With privacy it has none to tell of its training. */
    long weightCap(TaskKind kind, List<RosterEntry> roster) {
        return kind == TaskKind.TASK_KIND_TRAIN && records.privacy().isPresent() ? 1 : announced(roster);
    }

    /** A power of two that no client of the roster exceeds, as far as a metric can tell so many samples. */
    static long announced(List<RosterEntry> roster) {
        long most = roster.stream().mapToLong(RosterEntry::samples).max().orElse(0);
        long cap = FoldPlan.EXACT_WEIGHT_CAP;
        while (cap < most && cap < LARGEST_WEIGHT) {
            cap <<= 1;
        }
        return cap;
    }

    private FoldPlan plan(int clients, long weightCap) {
        RangeEstimate ranges = records.history()
                .lastCommit()
                .map(RoundCommitted::ranges)
                .orElseGet(() -> RangeEstimate.ofBase(model.base().tensors()));
        RangeEstimate expected = records.privacy()
                .map(book -> book.ranges(ranges, model.specs(), model.state()))
                .orElse(ranges);
        FoldPlan plan = model.algorithm().plan(model.specs(), expected, clients, weightCap);
        for (int i = 0; i < records.history().widenings(); i++) {
            plan = plan.widened();
        }
        return plan;
    }
}
