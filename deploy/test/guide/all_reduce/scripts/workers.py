"""What the workers of a task agree on over gloo, and the model that keeps it."""

import datetime
import os
import sys

import torch
import torch.distributed as dist


class Total(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.total = torch.nn.Parameter(torch.zeros(4))


def added_up(number):
    """The sum of every worker's rank times the number; ends the script where a worker would get another one than arithmetic says."""
    dist.init_process_group("gloo", timeout=datetime.timedelta(minutes=5))
    rank, size = dist.get_rank(), dist.get_world_size()
    if (rank, size) != (int(os.environ["WORKER_INDEX"]), 2):
        sys.exit("worker %s is %d of %d" % (os.environ["WORKER_INDEX"], rank, size))
    tensor = torch.full((4,), number * (rank + 1))
    dist.all_reduce(tensor)
    print("worker %d of %d through %s: %s" % (rank, size, os.environ["MASTER_ADDR"], tensor.tolist()))
    if tensor.tolist() != [number * 3] * 4:
        sys.exit("the sum is wrong")
    dist.barrier()
    dist.destroy_process_group()
    return tensor
