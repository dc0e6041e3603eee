"""What `lean` stands in for."""

from collections import defaultdict as defaultdict
from collections.abc import Callable as Callable
from collections.abc import Collection as Collection
from collections.abc import Iterable as Iterable
from collections.abc import Iterator as Iterator
from collections.abc import Mapping as Mapping
from collections.abc import Sequence as Sequence
from contextlib import AbstractContextManager as AbstractContextManager
from contextlib import nullcontext as nullcontext
from contextlib import suppress as suppress
from functools import cache as cache
from functools import cached_property as cached_property
from functools import partial as partial
from functools import reduce as reduce
from importlib import import_module as import_module
from types import MappingProxyType as MappingProxyType
from types import ModuleType as ModuleType
from types import UnionType as UnionType
from typing import IO as IO
from typing import TYPE_CHECKING as TYPE_CHECKING
from typing import Annotated as Annotated
from typing import Any as Any
from typing import NamedTuple as NamedTuple
from typing import Protocol as Protocol
from typing import TypeVar as TypeVar
from typing import cast as cast
