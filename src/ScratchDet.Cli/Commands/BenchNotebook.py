"""Measures Jupyter kernels through jupyter_client and prints their samples as JSON.

BenchNotebook.py ROUNDS EXECUTIONS MEMORY_CELLS KERNEL...
"""
import json
import os
import statistics
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager

PATIENCE = 120
INCREMENT = {'python3': ('total = 0', 'total += 1'), '.net-csharp': ('int total = 0;', 'total++;')}


def execute(client, code):
    """Waits for the reply and for the last state."""
    message_id = client.execute(code)
    while client.get_shell_msg(timeout=PATIENCE)['parent_header'].get('msg_id') != message_id:
        pass
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message['parent_header'].get('msg_id') == message_id and message['content'].get('execution_state') == 'idle':
            return


def first_result(client):
    message_id = client.execute('1+1')
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message['parent_header'].get('msg_id') == message_id and message['msg_type'] == 'execute_result':
            break
    client.get_shell_msg(timeout=PATIENCE)


def start(name):
    """A kernel, a client, and the seconds from its start to its first result."""
    begin = time.perf_counter()
    manager = KernelManager(kernel_name=name)
    # ipykernel writes notes about its debugger there; what ours writes is worth seeing.
    manager.start_kernel(stderr=subprocess.DEVNULL if name == 'python3' else None)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    first_result(client)
    return manager, client, time.perf_counter() - begin


def stop(manager, client):
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def timed(client, code):
    begin = time.perf_counter()
    execute(client, code)
    return time.perf_counter() - begin


def one_round(name, executions, samples):
    manager, client, seconds = start(name)
    samples['first_result_s'].append(seconds)
    samples['empty_cell_s'].append(statistics.median(timed(client, '') for _ in range(executions)))
    declare, increment = INCREMENT[name]
    execute(client, declare)
    samples['executions_s'].append(sum(timed(client, increment) for _ in range(executions)))
    stop(manager, client)


def memory(name, cells):
    manager, client, _ = start(name)
    declare, increment = INCREMENT[name]
    execute(client, declare)
    for _ in range(cells):
        execute(client, increment)
    with open(f'/proc/{manager.provisioner.process.pid}/statm', encoding='ascii') as numbers:
        resident = int(numbers.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    stop(manager, client)
    return resident


def main(rounds, executions, memory_cells, *names):
    samples = {name: {'first_result_s': [], 'empty_cell_s': [], 'executions_s': []} for name in names}
    for _ in range(int(rounds)):
        for name in names:
            one_round(name, int(executions), samples[name])
    for name in names:
        samples[name]['memory_bytes'] = memory(name, int(memory_cells))
    print(json.dumps(samples))


main(*sys.argv[1:])
