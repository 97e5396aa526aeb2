package io.nsfl.workload;

/** How a workload ended. */
public sealed interface WorkloadEnd {
    /** Its main process returned this code; 0 is success. */
    record Exited(int code) implements WorkloadEnd {
        @Override
        public String describe() {
            return "it ended with exit code " + code;
        }
    }

    /** A signal from outside ended its main process. */
    record Killed(int signal) implements WorkloadEnd {
        @Override
        public String describe() {
            return "it was killed by signal " + signal;
        }
    }

    /** The machine or the memory limit had no room for it. */
    record OutOfMemory() implements WorkloadEnd {
        @Override
        public String describe() {
            return "it was killed because memory ran out";
        }
    }

    /** It is gone and nobody saw how: the machine was restarted, or its supervisor was killed. */
    record Lost() implements WorkloadEnd {
        @Override
        public String describe() {
            return "it vanished without an exit code (was the machine restarted?)";
        }
    }

    /** It never ran: no image, no node, no room. @param why half a sentence, "it …" */
    record NotStarted(String why) implements WorkloadEnd {
        @Override
        public String describe() {
            return why;
        }
    }

    /** It was taken away: evicted, deleted, or its node is lost. @param how half a sentence, "it …" */
    record Removed(String how) implements WorkloadEnd {
        @Override
        public String describe() {
            return how;
        }
    }

    /** Half a sentence for a person, "it …". */
    String describe();

    default boolean success() {
        return this instanceof Exited exited && exited.code() == 0;
    }
}
