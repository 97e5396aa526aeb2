"""DP-SGD in torch, by Opacus: its gradients per record, clipping, and optimizer; batches and noise drawn here."""

import types
import warnings

import torch

from neursafe_fl._task import TaskError
from neursafe_fl.private import noise


def private(model, optimizer, loader, noise_multiplier, max_grad_norm, batch_size):
    """((model, optimizer, loader), releases): `releases()` gives (sampling, noise_multiplier, steps) so far."""
    try:
        from opacus import PrivacyEngine
        from opacus.data_loader import DPDataLoader
        from opacus.validators import ModuleValidator
    except ImportError as missing:
        raise TaskError(
            f"dp_sgd needs the package opacus beside torch at this client, and it cannot be imported ({missing}): pip install opacus"
        ) from missing
    if not isinstance(loader, torch.utils.data.DataLoader):
        raise TypeError("dp_sgd needs a torch.utils.data.DataLoader: batches are drawn anew by it, record by record")
    if batch_size is not None:
        raise TypeError("batch_size is for Keras: the DataLoader has its own")
    model.train()
    faults = ModuleValidator.validate(model, strict=False)
    if faults:
        raise TaskError("dp_sgd cannot bound the influence of a record on this model: " + "; ".join(map(str, faults)))
    with warnings.catch_warnings():
        # Its own secure mode needs a package that new versions of torch do not have; noise and batches are drawn here instead.
        warnings.filterwarnings("ignore", message="Secure RNG turned off")
        engine = PrivacyEngine(accountant="rdp")
    model, optimizer, loader = engine.make_private(
        module=model,
        optimizer=optimizer,
        data_loader=_drawn_anew(loader, DPDataLoader),
        noise_multiplier=noise_multiplier,
        max_grad_norm=max_grad_norm,
        poisson_sampling=False,
    )
    # As with Opacus's own sampling: two backward passes to a step would be two records' worth of one.
    model.forbid_grad_accumulation()
    optimizer.add_noise = types.MethodType(_add_noise, optimizer)

    def releases():
        return [(sampling, multiplier, steps) for multiplier, sampling, steps in engine.accountant.history]

    return (model, optimizer, loader), releases


def _drawn_anew(loader, dp_data_loader):
    """The same data in samples; a batch may be empty, which Opacus's collating bears."""
    plain = dp_data_loader.from_data_loader(loader)
    return torch.utils.data.DataLoader(
        plain.dataset,
        batch_sampler=_Sampler(plain.batch_sampler),
        collate_fn=plain.collate_fn,
        num_workers=plain.num_workers,
        pin_memory=plain.pin_memory,
        worker_init_fn=plain.worker_init_fn,
        persistent_workers=plain.persistent_workers,
    )


class _Sampler(torch.utils.data.Sampler):
    """As many batches as Opacus's, with the same probability for each record, drawn from the operating system."""

    def __init__(self, plain):
        self._records = plain.num_samples
        self._probability = plain.sample_rate
        self._steps = plain.steps

    def __len__(self):
        return self._steps

    def __iter__(self):
        for _ in range(self._steps):
            yield noise.chosen(self._records, self._probability).tolist()


def _add_noise(self):
    """In the place of Opacus's: the same deviation, from another generator, added in double precision."""
    for parameter in self.params:
        total = parameter.summed_grad
        drawn = noise.normal(tuple(total.shape), self.noise_multiplier * self.max_grad_norm)
        noised = total.double() + torch.from_numpy(drawn).to(total.device)
        parameter.grad = noised.to(total.dtype).view_as(parameter)
        total._processed = True
