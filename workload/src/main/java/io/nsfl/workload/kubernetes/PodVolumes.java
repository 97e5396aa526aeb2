package io.nsfl.workload.kubernetes;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.nsfl.workload.Mount;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A workload's mounts as a pod's volumes and its containers' mounts. A claim is one volume, however many of its paths are mounted. */
final class PodVolumes {
    /** Where a pod finds its secrets. */
    static final String SECRETS_DIRECTORY = "/nsfl/secrets/workload";

    static final String SECRETS_FILE = "secrets.json";
    static final String SECRETS_VOLUME = "workload-secrets";

    /** Its user is not the one that owns a mounted Secret. */
    private static final int READABLE = 0444;

    private final Map<String, Volume> volumes = new LinkedHashMap<>();
    private final List<VolumeMount> mounts = new ArrayList<>();

    private PodVolumes() {}

    /** @param secretName of the Secret that holds the workload's secrets; unused where it has none */
    static PodVolumes of(WorkloadSpec spec, String secretName) {
        PodVolumes all = new PodVolumes();
        spec.mounts().forEach(mount -> all.add(mount, spec.prepared().contains(mount.target())));
        if (!spec.secrets().isEmpty()) {
            all.volumes.put(SECRETS_VOLUME, secret(SECRETS_VOLUME, secretName));
            all.mount(SECRETS_VOLUME, SECRETS_DIRECTORY, "", true);
        }
        all.volumes.put(
                "tmp",
                new VolumeBuilder()
                        .withName("tmp")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build());
        all.mount("tmp", "/tmp", "", false);
        return all;
    }

    private void add(Mount mount, boolean prepared) {
        String target = mount.target().toString();
        switch (mount.source()) {
            case Mount.Source.Node node -> {
                // "" = whatever is there; the kubelet makes a directory that is to be prepared.
                volumes.put(
                        mount.name(),
                        new VolumeBuilder()
                                .withName(mount.name())
                                .withNewHostPath(node.path().toString(), prepared ? "DirectoryOrCreate" : "")
                                .build());
                mount(mount.name(), target, "", mount.readOnly());
            }
            case Mount.Source.Claim claim -> {
                String name = "claim-" + claim.claim().replace('.', '-');
                volumes.putIfAbsent(
                        name,
                        new VolumeBuilder()
                                .withName(name)
                                .withNewPersistentVolumeClaim(claim.claim(), false)
                                .build());
                mount(name, target, claim.subPath().toString(), mount.readOnly());
            }
            case Mount.Source.Stored stored -> {
                volumes.put(mount.name(), secret(mount.name(), stored.secret()));
                mount(mount.name(), target, "", true);
            }
        }
    }

    private static Volume secret(String volume, String name) {
        return new VolumeBuilder()
                .withName(volume)
                .withNewSecret()
                .withSecretName(name)
                .withDefaultMode(READABLE)
                .endSecret()
                .build();
    }

    private void mount(String volume, String target, String subPath, boolean readOnly) {
        mounts.add(new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(target)
                .withSubPath(subPath.isEmpty() ? null : subPath)
                .withReadOnly(readOnly ? Boolean.TRUE : null)
                .build());
    }

    List<Volume> volumes() {
        return List.copyOf(volumes.values());
    }

    List<VolumeMount> mounts() {
        return List.copyOf(mounts);
    }

    /** Those of just these targets. */
    List<VolumeMount> mountsOf(List<Path> targets) {
        return mounts.stream()
                .filter(mount -> targets.contains(Path.of(mount.getMountPath())))
                .toList();
    }
}
