package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Digests;
import io.nsfl.federation.secagg.quantise.ModulusBudget;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Everything that both sides agree on before a session; its {@link #digest} is the session's id. */
public record SecAggParameters(SessionBinding session, Mode mode, Cohort cohort, VectorShape vector) {
    /** @throws SecAggAbort UNSOUND_PARAMETERS if sums could overflow, or a mode's clients cannot be as they are */
    public SecAggParameters {
        if (!ModulusBudget.fits(cohort.clients(), vector.valueBits())) {
            throw new SecAggAbort(
                    AbortReason.UNSOUND_PARAMETERS,
                    "The sum of " + cohort.clients() + " values of " + vector.valueBits()
                            + " bits does not fit 32 bits.");
        }
        if (mode == Mode.ONEMASK && !cohort.complete()) {
            throw new SecAggAbort(
                    AbortReason.UNSOUND_PARAMETERS,
                    "With one mask nobody may drop out, so everybody masks with everybody.");
        }
    }

    /** 32 bytes: SHA-256 over all of it. */
    public byte[] digest() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        session.encode(out);
        out.writeBytes(ByteBuffer.allocate(6 * Integer.BYTES + Long.BYTES)
                .putInt(mode == Mode.ONEMASK ? 1 : 2)
                .putInt(cohort.clients())
                .putInt(cohort.threshold())
                .putInt(cohort.minSurvivors())
                .putInt(cohort.degree())
                .putInt(vector.noised() ? -vector.valueBits() : vector.valueBits())
                .putLong(vector.length())
                .array());
        return Digests.sha256("nsfl/secagg/session/v1", out.toByteArray());
    }

    /** Fewest clients of a roster of this size that must go on; with one mask all of them. */
    int quorum(int roster) {
        return mode == Mode.ONEMASK ? Math.max(roster, cohort.minSurvivors()) : cohort.quorum(roster);
    }

    /** Fewest clients that can start. */
    int minRoster() {
        return Math.max(cohort.threshold(), cohort.minSurvivors());
    }
}
