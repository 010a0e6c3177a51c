"""Interrupts, shutdown, restart, and the death of Jupyter, each while a cell runs."""
import os
import signal
import subprocess
import sys
import time

import zmq

from harness import (PATIENCE, Kernel, execute, kinds, main, outputs_of, reply_to, scenario, send)

OBEDIENT = 'Console.Write("begun"); while (true) { ScratchDet.Notebook.Cell.Stop.ThrowIfCancellationRequested(); await Task.Delay(5); }'


def begin(client, code, **options):
    """Starts a cell and waits until it has printed something."""
    message_id = client.execute(code, **options)
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message['parent_header'].get('msg_id') != message_id:
            continue
        if message['msg_type'] == 'stream':
            return message_id
        if message['msg_type'] == 'error':
            raise AssertionError(message['content']['evalue'])


def is_alive(pid):
    """Whether the process runs; one that nobody has waited for yet does not."""
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as line:
            return line.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except FileNotFoundError:
        return False


def wait_for_end(pid, seconds=20):
    start = time.time()
    while is_alive(pid):
        if time.time() - start > seconds:
            raise AssertionError('the kernel still runs')
        time.sleep(0.02)
    return time.time() - start


@scenario
def a_loop_that_looks_at_stop(kernel):
    client = kernel.client
    message_id = begin(client, 'var kept = 3; ' + OBEDIENT)
    queued = client.execute('"not run"', stop_on_error=False)
    start = time.time()
    kernel.manager.interrupt_kernel()
    reply = reply_to(client, message_id)['content']
    seconds = time.time() - start
    messages = outputs_of(client, message_id)
    return {
        'reply': reply,
        'error_kinds': kinds(messages),
        'seconds': seconds,
        'queued': reply_to(client, queued)['content']['status'],
        'kept': execute(client, 'kept')[1][-1]['content']['data']['text/plain'],
    }


@scenario
def an_interrupt_without_a_cell(kernel):
    message_id = send(kernel.client, 'interrupt_request', {}, channel='control')
    reply = reply_to(kernel.client, message_id, channel='control')
    return {'reply': reply['msg_type'], 'content': reply['content'], 'next': execute(kernel.client, '1')[0]['status']}


@scenario
def signals(kernel):
    statuses = []
    for _ in range(2):
        message_id = begin(kernel.client, OBEDIENT)
        os.kill(kernel.pid, signal.SIGINT)
        statuses.append(reply_to(kernel.client, message_id)['content']['ename'])
        outputs_of(kernel.client, message_id)
    os.kill(kernel.pid, signal.SIGINT)
    # A signal takes its time: a cell that is sent right behind it may be the one that it means.
    time.sleep(0.3)
    execute(kernel.client, '1')
    return {'names': statuses, 'next': execute(kernel.client, '1')[0]['status']}


@scenario
def waiting_for_input(kernel):
    client = kernel.client
    message_id = client.execute('Console.ReadLine()', allow_stdin=True)
    client.get_stdin_msg(timeout=PATIENCE)
    kernel.manager.interrupt_kernel()
    return {'status': reply_to(client, message_id)['content']['status'], 'next': execute(client, '1')[0]['status']}


@scenario
def a_loop_that_does_not_look_at_stop(kernel):
    client = kernel.client
    message_id = begin(client, 'Console.Write("begun"); while (!System.IO.File.Exists("enough")) { }')
    kernel.manager.interrupt_kernel()
    start = time.time()
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message['msg_type'] == 'stream':
            break
    asked = time.time()
    info = reply_to(client, send(client, 'kernel_info_request', {}, channel='control'), channel='control')
    answered = time.time()
    open('enough', 'w').close()
    reply = reply_to(client, message_id)['content']
    return {
        'stream': message['content'],
        'of_the_cell': message['parent_header']['msg_id'] == message_id,
        'warned_after': asked - start,
        'control_seconds': answered - asked,
        'info': info['content']['status'],
        'logged': 'does not look at Cell.Stop' in kernel.error_lines(),
        'reply': reply['status'],
        'next': execute(client, '1')[0]['status'],
    }


@scenario
def a_cell_that_holds_every_thread_of_the_pool(kernel):
    client = kernel.client
    message_id = begin(client, 'Console.Write("begun"); for (int i = 0; i < 40; i++) { _ = Task.Run(() => System.Threading.Thread.Sleep(1000)); } await Task.Delay(1);')
    heartbeat = zmq.Context.instance().socket(zmq.REQ)
    heartbeat.connect(f'tcp://127.0.0.1:{kernel.manager.hb_port}')
    start = time.time()
    heartbeat.send(b'ping')
    beat = heartbeat.recv() if heartbeat.poll(PATIENCE * 1000) else None
    beat_seconds = time.time() - start
    start = time.time()
    reply_to(client, send(client, 'interrupt_request', {}, channel='control'), channel='control')
    control_seconds = time.time() - start
    heartbeat.close(linger=0)
    reply_to(client, message_id)
    return {'beat': beat.decode(), 'beat_seconds': beat_seconds, 'control_seconds': control_seconds}


@scenario
def restart(kernel):
    execute(kernel.client, 'int before = 1;')
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    return {'forgotten': execute(kernel.client, 'before')[0]['ename'], 'count': execute(kernel.client, '1')[0]['execution_count']}


@scenario
def shutdown_of_a_tight_loop(kernel):
    other = Kernel()
    begin(other.client, 'Console.Write("begun"); while (true) { }')
    pid = other.pid
    reply = reply_to(other.client, send(other.client, 'shutdown_request', {'restart': False}, channel='control'), channel='control')
    seconds = wait_for_end(pid)
    other.stop()
    return {'reply': reply['content'], 'type': reply['msg_type'], 'seconds': seconds}


@scenario
def the_death_of_jupyter(kernel):
    code = "import os, sys, time; from harness import Kernel; k = Kernel(); print(k.pid, flush=True); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, env={**os.environ, 'PYTHONPATH': os.path.dirname(__file__)})
    pid = int(parent.stdout.readline())
    parent.kill()
    seconds = wait_for_end(pid)
    parent.wait()
    return {'seconds': seconds}


main()
