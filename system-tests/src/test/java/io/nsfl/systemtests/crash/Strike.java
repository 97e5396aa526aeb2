package io.nsfl.systemtests.crash;

import java.util.Optional;

/** Who is killed, without warning, and started again by whoever looks after it. */
enum Strike {
    COORDINATOR {
        @Override
        boolean hit(Site site, CrashJob job, int client) {
            return kill(site.coordinator(job.id()));
        }
    },
    SELECTOR {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            return restart(site, site.server().selector());
        }
    },
    SCHEDULER {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            return restart(site, site.server().scheduler());
        }
    },
    TASK_MANAGER {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            site.client(client).kill();
            site.client(client).start();
            return true;
        }
    },
    EXECUTOR {
        @Override
        boolean hit(Site site, CrashJob job, int client) {
            return kill(site.executor(job.id(), client));
        }
    },
    SCRIPT {
        @Override
        boolean hit(Site site, CrashJob job, int client) {
            return kill(site.script(job.id(), client));
        }
    },
    /** Both at once: the new task-manager finds nobody to adopt. */
    CLIENT {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            boolean worked = kill(site.executor(job.id(), client));
            site.client(client).kill();
            site.client(client).start();
            return worked;
        }
    },
    /** The proxy's service; its nginx goes with it. */
    PROXY {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            return site.server() instanceof Proxied proxied && restart(site, proxied.proxy());
        }
    },
    /** Only nginx, which the proxy's service starts again. */
    NGINX {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            return site.server() instanceof Proxied proxied && kill(proxied.nginx());
        }
    },
    DATABASE {
        @Override
        boolean hit(Site site, CrashJob job, int client) throws Exception {
            site.server().killDatabase();
            return true;
        }
    };

    /** @return whether there was somebody to kill */
    abstract boolean hit(Site site, CrashJob job, int client) throws Exception;

    private static boolean kill(Optional<ProcessHandle> process) {
        return process.map(ProcessHandle::destroyForcibly).orElse(false);
    }

    private static boolean restart(Site site, Program program) throws Exception {
        program.kill();
        site.server().restart(program);
        return true;
    }
}
