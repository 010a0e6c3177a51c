"""What the scripts of this folder share: a kernel, a client, and scenarios that report as JSON."""
import json
import os
import sys
import time
import traceback

from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

PATIENCE = 60
scenarios = []


def scenario(function):
    """Marks a function (client -> what it saw) as one scenario of the script."""
    scenarios.append(function)
    return function


class Kernel:
    """One kernel process and one client of it."""

    def __init__(self):
        self.errors = open('kernel.err', 'ab')
        self.manager = KernelManager(kernel_name='.net-csharp')
        self.manager.start_kernel(stderr=self.errors)
        self.client = self.connect()
        self.client.wait_for_ready(timeout=PATIENCE)

    def connect(self):
        """Another client, with a session of its own as another page of Jupyter has it."""
        client = self.manager.client(session=Session(key=self.manager.session.key))
        client.start_channels()
        return client

    @property
    def pid(self):
        return self.manager.provisioner.process.pid

    def error_lines(self):
        with open('kernel.err', encoding='utf-8') as lines:
            return lines.read()

    def wait_for_error_line(self, part):
        end = time.time() + PATIENCE
        while part not in self.error_lines():
            if time.time() > end:
                raise AssertionError(f'no line with {part!r} in {self.error_lines()!r}')
            time.sleep(0.02)

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.errors.close()


def outputs_of(client, message_id, patience=PATIENCE):
    """The iopub messages of one request, busy first and idle last."""
    seen = []
    while True:
        message = client.get_iopub_msg(timeout=patience)
        if message['parent_header'].get('msg_id') != message_id:
            continue
        seen.append(message)
        if message['msg_type'] == 'status' and message['content']['execution_state'] == 'idle':
            return seen


def reply_to(client, message_id, patience=PATIENCE, channel='shell'):
    while True:
        message = client.get_shell_msg(timeout=patience) if channel == 'shell' else client.get_control_msg(timeout=patience)
        if message['parent_header'].get('msg_id') == message_id:
            return message


def execute(client, code, **options):
    """Runs a cell: (content of the reply, messages between busy and idle)."""
    message_id = client.execute(code, **options)
    messages = outputs_of(client, message_id)
    return reply_to(client, message_id)['content'], messages[1:-1]


def send(client, message_type, content, channel='shell', metadata=None):
    message = client.session.msg(message_type, content, metadata=metadata)
    (client.shell_channel if channel == 'shell' else client.control_channel).send(message)
    return message['header']['msg_id']


def kinds(messages):
    return [message['msg_type'] for message in messages]


def text_of(messages, name='stdout'):
    return ''.join(m['content']['text'] for m in messages if m['msg_type'] == 'stream' and m['content']['name'] == name)


def resident_bytes(pid):
    with open(f'/proc/{pid}/statm', encoding='ascii') as numbers:
        return int(numbers.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def main():
    """Runs every scenario on one kernel and prints what they saw."""
    kernel = Kernel()
    results = {}
    for function in scenarios:
        begin = time.time()
        try:
            results[function.__name__] = {'saw': function(kernel), 'seconds': time.time() - begin}
        except Exception:
            results[function.__name__] = {'traceback': traceback.format_exc() + '\nkernel: ' + kernel.error_lines()[-3000:]}
        print(f'{function.__name__}: {time.time() - begin:.2f} s', file=sys.stderr)
    kernel.stop()
    print(json.dumps(results))
