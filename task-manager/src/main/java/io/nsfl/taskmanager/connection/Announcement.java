package io.nsfl.taskmanager.connection;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Dataset;
import io.nsfl.protocol.v1.PrivacySpent;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.ScriptPolicy;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.taskmanager.queue.Load;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What this client says about itself, besides its tasks.
 *
 * @param os for people
 * @param version of this software, for people
 * @param scripts whose scripts this client runs
 * @param enrolmentToken asked at each registration; empty where there is none
 * @param privacy what its data have cost so far; asked at each report
 */
public record Announcement(
        String name,
        String address,
        String platform,
        String os,
        List<String> labels,
        List<Dataset> datasets,
        Resources capacity,
        int maxTaskParallelism,
        boolean registration,
        String version,
        ScriptPolicy scripts,
        Supplier<String> enrolmentToken,
        Supplier<List<PrivacySpent>> privacy) {
    /** The answer to a challenge. */
    Register register(ClientKey key, byte[] nonce, String session, Set<Runtime> runtimes, List<TaskStatus> tasks) {
        return Register.newBuilder()
                .setIdentityKey(ByteString.copyFrom(key.identity().identityKey()))
                .setSignature(ByteString.copyFrom(key.signRegister(nonce)))
                .setName(name)
                .setAddress(address)
                .setPlatform(platform)
                .setOs(os)
                .addAllRuntimes(
                        runtimes.stream().map(Runtime::canonicalName).sorted().toList())
                .addAllLabels(labels)
                .addAllDatasets(datasets)
                .setCapacity(capacity)
                .setMaxTaskParallelism(maxTaskParallelism)
                .setRegistration(registration)
                .setSessionId(session)
                .setVersion(version)
                .addAllTasks(tasks)
                .setScriptPolicy(scripts)
                .setEnrolmentToken(enrolmentToken.get())
                .build();
    }

    /** Its state between tasks. */
    Report report(Load load) {
        return Report.newBuilder()
                .setFree(load.free())
                .setRunningTasks(load.runningTasks())
                .setAcceptsTasks(load.refusal().isEmpty())
                .setReason(load.refusal())
                .addAllPrivacy(privacy.get())
                .build();
    }
}
